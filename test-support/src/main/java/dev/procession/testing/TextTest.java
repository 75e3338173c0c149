package dev.procession.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A class of tests that read sources, documents and compiled classes, and start nothing: what they
 * find is the same on every JDK. {@code .ci/run} runs them on the default JDK alone, by the name of
 * their tag, {@code text}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("text")
public @interface TextTest {}
