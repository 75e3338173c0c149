package dev.procession.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.UndecodableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CodecClassLoaderTest {

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restoreLoader() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void shouldResolveLambdasAndObjectsInTheContextLoader() throws Exception {
        int number = 3;
        SerializableCallable<Class<?>> lambda = () -> number > 0 ? Plain.class : null;
        ByteBuffer lambdaBytes = ByteBuffer.wrap(Codec.standard().encode(lambda));
        ByteBuffer plainBytes = ByteBuffer.wrap(Codec.standard().encode(new Plain()));
        ClassLoader first = new ChildFirst();
        ClassLoader second = new ChildFirst();
        for (ClassLoader loader : new ClassLoader[] {first, second, before, second, first}) {
            Thread.currentThread().setContextClassLoader(loader);
            Object decoded = Codec.standard().decode(lambdaBytes);
            Class<?> seen = (Class<?>) ((Callable<?>) decoded).call();
            assertThat(seen.getClassLoader()).isSameAs(loader);
            assertThat(Codec.standard().decode(plainBytes)).isExactlyInstanceOf(seen);
        }
    }

    @Test
    void shouldFallBackToItsOwnLoader() throws Exception {
        SerializableCallable<Integer> lambda = () -> 4;
        ByteBuffer bytes = ByteBuffer.wrap(Codec.standard().encode(lambda));
        for (ClassLoader loader : new ClassLoader[] {null, ClassLoader.getPlatformClassLoader()}) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThat(((Callable<?>) Codec.standard().decode(bytes)).call()).isEqualTo(4);
            byte[] plain = Codec.standard().encode(new Plain());
            assertThat(Codec.standard().decode(ByteBuffer.wrap(plain))).isInstanceOf(Plain.class);
        }
    }

    @Test
    void shouldNotKeepALoaderAlive() throws Exception {
        WeakReference<ClassLoader> loader = decodeInNewLoader();
        Thread.currentThread().setContextClassLoader(before);
        while (loader.get() != null) {
            // The timeout of this test interrupts it.
            assertThat(Thread.interrupted()).as("the loader is still referred to").isFalse();
            System.gc();
        }
    }

    @Test
    void shouldKeepAMakerWhileItsClassLives() throws Exception {
        SerializableCallable<Integer> lambda = () -> 5;
        byte[] bytes = Codec.standard().encode(lambda);
        Codec.standard().decode(ByteBuffer.wrap(bytes));
        System.gc();
        ByteSource source = new ByteSource(bytes);
        source.readByte();
        assertThat(LambdaMaker.CACHE.find(source.readLong(), source.readSize(), source))
                .isNotNull();
    }

    @Test
    void shouldNameTheMissingClass() {
        byte[] stream = Codec.standard().encode(new Plain());
        byte[] lambda = Codec.standard().encode(SerializableCallable.of(() -> 6));
        for (byte[] message : new byte[][] {stream, lambda}) {
            byte[] renamed = renamed(message);
            assertThatThrownBy(() -> Codec.standard().decode(ByteBuffer.wrap(renamed)))
                    .isInstanceOfSatisfying(
                            UndecodableException.class,
                            refused ->
                                    assertThat(refused.className().orElseThrow())
                                            .startsWith(
                                                    "dev.procession.core.codec.CodecXlassLoaderTest"))
                    .hasMessageContaining("class not found")
                    .hasCauseInstanceOf(ClassNotFoundException.class);
        }
    }

    @Test
    void shouldExplainThatALambdaIsNotInItsClass() {
        byte[] message = Codec.standard().encode(SerializableCallable.of(() -> 7));
        String text = new String(message, StandardCharsets.ISO_8859_1);
        byte[] other = text.replace("lambda$", "lambdaX").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> Codec.standard().decode(ByteBuffer.wrap(other)))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("CodecClassLoaderTest has no such lambda");
    }

    /** In a method of its own, so that no stack frame refers to the loader afterwards. */
    private static WeakReference<ClassLoader> decodeInNewLoader() throws Exception {
        int number = 8;
        SerializableCallable<Class<?>> lambda = () -> number > 0 ? Plain.class : null;
        byte[] bytes = Codec.standard().encode(lambda);
        ClassLoader loader = new ChildFirst();
        Thread.currentThread().setContextClassLoader(loader);
        Callable<?> decoded = (Callable<?>) Codec.standard().decode(ByteBuffer.wrap(bytes));
        byte[] again = Codec.standard().encode(decoded);
        Codec.standard().decode(ByteBuffer.wrap(again));
        assertThat(((Class<?>) decoded.call()).getClassLoader()).isSameAs(loader);
        return new WeakReference<>(loader);
    }

    private static byte[] renamed(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        return text.replace("CodecClassLoaderTest", "CodecXlassLoaderTest")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static final class Plain implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** Defines this test's classes anew. */
    private static final class ChildFirst extends ClassLoader {

        ChildFirst() {
            super(CodecClassLoaderTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(CodecClassLoaderTest.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException failure) {
                throw new ClassNotFoundException(name, failure);
            }
        }
    }
}
