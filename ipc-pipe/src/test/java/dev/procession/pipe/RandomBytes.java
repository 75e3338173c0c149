package dev.procession.pipe;

import java.util.Random;

/** Messages of random bytes: most are short, some are many times as large as a pipe's ring. */
final class RandomBytes {

    private RandomBytes() {}

    /** Returns the next message, shorter than 512 KiB. */
    static byte[] next(Random random) {
        byte[] bytes = new byte[random.nextInt(1 << random.nextInt(20))];
        random.nextBytes(bytes);
        return bytes;
    }
}
