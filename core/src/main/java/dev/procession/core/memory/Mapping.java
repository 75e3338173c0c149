package dev.procession.core.memory;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Maps files into memory. A mapping lasts as long as a buffer on it is reachable.
 *
 * <p>From JDK 22 on this maps through an automatic arena. {@link FileChannel#map} without one makes
 * its buffer by reflection there: the first call makes some 25 method handles, which takes 25 ms of
 * a JVM's start, and no start-up archive can keep them.
 */
public final class Mapping {

    private static final int FIRST_WITH_ARENAS = 22;

    private static final OpenOption[] READING = {StandardOpenOption.READ};

    private static final OpenOption[] WRITING = {StandardOpenOption.READ, StandardOpenOption.WRITE};

    private Mapping() {}

    /**
     * Maps the first bytes of a file, also in an interrupted thread. The buffer has the byte order
     * of the network.
     *
     * @param mode for reading alone, or for reading and writing
     * @throws IOException if there is no such file, or no room in the address space
     * @throws IllegalArgumentException if a buffer cannot be so long
     */
    public static ByteBuffer map(Path path, FileChannel.MapMode mode, long length)
            throws IOException {
        return Uninterrupted.call(new Opening(path, mode, length));
    }

    /**
     * Loads what {@link #map} needs, by mapping a byte of the JDK's; for moments at which nothing
     * else can be done. If that fails, the next mapping loads it.
     */
    public static void preload() {
        try {
            Path file = Path.of(System.getProperty("java.home"), "release");
            ByteBuffer unused = map(file, FileChannel.MapMode.READ_ONLY, 1);
        } catch (IOException e) {
            // A JDK without that file.
        }
    }

    /** Not a lambda, which would take milliseconds of a cold start. */
    private record Opening(Path path, FileChannel.MapMode mode, long length)
            implements Uninterrupted.Operation<ByteBuffer> {
        @Override
        public ByteBuffer run() throws IOException {
            boolean reads = mode == FileChannel.MapMode.READ_ONLY;
            try (FileChannel file = FileChannel.open(path, reads ? READING : WRITING)) {
                return Runtime.version().feature() < FIRST_WITH_ARENAS
                        ? file.map(mode, 0, length)
                        : Arenas.map(file, mode, length);
            }
        }
    }

    /** The calls that the Java release of this source does not have. */
    private static final class Arenas {

        private static final MethodHandle OF_AUTO;
        private static final MethodHandle MAP;
        private static final MethodHandle AS_BYTE_BUFFER;

        static {
            try {
                MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                Class<?> arena = Class.forName("java.lang.foreign.Arena");
                Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                OF_AUTO =
                        lookup.findStatic(arena, "ofAuto", MethodType.methodType(arena))
                                .asType(MethodType.methodType(Object.class));
                MAP =
                        lookup.findVirtual(
                                        FileChannel.class,
                                        "map",
                                        MethodType.methodType(
                                                segment,
                                                FileChannel.MapMode.class,
                                                long.class,
                                                long.class,
                                                arena))
                                .asType(
                                        MethodType.methodType(
                                                Object.class,
                                                FileChannel.class,
                                                FileChannel.MapMode.class,
                                                long.class,
                                                long.class,
                                                Object.class));
                AS_BYTE_BUFFER =
                        lookup.findVirtual(
                                        segment,
                                        "asByteBuffer",
                                        MethodType.methodType(ByteBuffer.class))
                                .asType(MethodType.methodType(ByteBuffer.class, Object.class));
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        static ByteBuffer map(FileChannel file, FileChannel.MapMode mode, long length)
                throws IOException {
            if (length > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "a buffer has at most " + Integer.MAX_VALUE + " bytes: length=" + length);
            }
            try {
                Object arena = (Object) OF_AUTO.invokeExact();
                Object segment = (Object) MAP.invokeExact(file, mode, 0L, length, arena);
                return (ByteBuffer) AS_BYTE_BUFFER.invokeExact(segment);
            } catch (IOException | RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) { // the methods declare nothing else
                throw new AssertionError(e);
            }
        }
    }
}
