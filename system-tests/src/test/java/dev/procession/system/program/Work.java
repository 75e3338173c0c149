package dev.procession.system.program;

import java.util.Arrays;

/** The work of the tasks in these tests. */
public final class Work {

    private Work() {}

    /** A value that takes time in proportion to the rounds, and that the parent can check. */
    public static long mix(long seed, int rounds) {
        long value = seed;
        for (int i = 0; i < rounds; i++) {
            value = value * 6364136223846793005L + 1442695040888963407L;
            value ^= value >>> 29;
        }
        return value;
    }

    /** Bytes that the receiver can check. */
    public static byte[] bytes(long seed, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) seed);
        return bytes;
    }

    /** Prints a line, then computes until the process is killed; no interrupt ends it. */
    public static void computeForEver() {
        System.out.println(ComputingParent.COMPUTING + ProcessHandle.current().pid());
        long value = 1;
        while (value != 0) {
            value = mix(value, 1_000_000) | 1;
        }
    }
}
