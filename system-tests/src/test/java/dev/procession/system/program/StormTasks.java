package dev.procession.system.program;

import java.io.InvalidObjectException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The code of a storm's tasks, in a worker. */
final class StormTasks {

    static final int STATUS = 7;
    static final int CODE_OF_A_THROW = 1;
    static final int CODE_OF_A_FULL_HEAP = 3;
    static final String THROWN = "thrown for the storm";

    private static final int LARGE_BYTES = 3 << 20;

    private StormTasks() {}

    static byte[] large(long seed) {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static long mixSlowly(long seed, int rounds) throws InterruptedException {
        Thread.sleep(5);
        return Work.mix(seed, rounds);
    }

    static long fail() {
        throw new IllegalStateException(THROWN);
    }

    static long exit(int status) {
        System.exit(status);
        return 0;
    }

    static long halt(int status) {
        Runtime.getRuntime().halt(status);
        return 0;
    }

    static long hog() {
        List<byte[]> all = new ArrayList<>();
        while (all.size() < Integer.MAX_VALUE) {
            all.add(new byte[1 << 20]);
        }
        return all.size();
    }

    static long sleep() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
        return 0;
    }

    static long spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    /** A result that no process can read. */
    static final class Undecodable implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object readResolve() throws InvalidObjectException {
            throw new InvalidObjectException(THROWN);
        }
    }
}
