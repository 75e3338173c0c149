package dev.procession.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A test that mostly waits: for a limit to pass, or for processes to start and end. It runs at the
 * same time as the other tests of its class; a nested class counts as a class. Either all tests of
 * a class have this or none, they share no static state, and nothing is counted between them: the
 * watcher looks at their class as a whole. Classes run one after the other.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Execution(ExecutionMode.CONCURRENT)
public @interface BesideOthers {}
