package dev.procession.core.launch;

import java.util.List;

/** The flags that choose the garbage collector of a child. */
final class GcFlags {

    /** From here on every collector can use the heap objects in the JVM's default archive. */
    private static final int FIRST_WITH_ARCHIVED_HEAP_FOR_ALL = 21;

    private static final List<String> SERIAL = List.of("-XX:+UseSerialGC");

    /**
     * Up to Java 20 a start with the serial collector takes 10 to 20 ms longer, because only G1 can
     * use the module graph in the JVM's default archive. One GC thread for each child is enough
     * where there are many children.
     */
    private static final List<String> G1 =
            List.of("-XX:+UseG1GC", "-XX:ParallelGCThreads=1", "-XX:ConcGCThreads=1");

    private GcFlags() {}

    /** The user's collector, otherwise the one that starts fastest. */
    static List<String> flags(LaunchOptions options) {
        List<String> given = options.givenFlags();
        for (int i = 0; i < given.size(); i++) {
            String flag = given.get(i);
            if (flag.startsWith("-XX:+Use") && flag.endsWith("GC")) {
                return List.of(flag);
            }
        }
        int feature = JavaVersion.feature(options);
        return feature == 0 || feature >= FIRST_WITH_ARCHIVED_HEAP_FOR_ALL ? SERIAL : G1;
    }
}
