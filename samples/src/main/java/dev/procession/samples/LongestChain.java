package dev.procession.samples;

import dev.procession.pool.ProcessPoolExecutor;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Draws a progress bar over {@code map}: what {@code tqdm(pool.map(…))} does in Python.
 *
 * <p>The results come in the order of the items while others are still computed, so a step for each
 * result is all that a bar needs. The work is to find the number whose chain of Collatz is the
 * longest: halve an even number, triple an odd one and add one, until it is one.
 */
public final class LongestChain {

    private static final int BLOCKS = 200;
    private static final int NUMBERS_OF_EACH = 5_000;

    private LongestChain() {}

    /**
     * Runs the sample. The exit status is 0 if processes and this program found the same number.
     *
     * @param args ignored
     */
    public static void main(String[] args) {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) {
        List<Integer> blocks = IntStream.range(0, BLOCKS).boxed().toList();
        long found = 1;
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor();
                Progress progress = new Progress("longest chain", BLOCKS);
                Stream<Long> results = pool.map(LongestChain::longestIn, blocks)) {
            for (long candidate : (Iterable<Long>) results::iterator) {
                found = longer(found, candidate);
                progress.step();
            }
        }
        out.printf(
                Locale.ROOT,
                "of the numbers below %,d, %,d has the longest chain: %d steps%n",
                BLOCKS * NUMBERS_OF_EACH,
                found,
                steps(found));
        long here =
                LongStream.range(1, (long) BLOCKS * NUMBERS_OF_EACH)
                        .parallel()
                        .reduce(1, LongestChain::longer);
        out.println((found == here ? "ok: " : "CHECK FAILED: ") + "this program found " + here);
        return found == here;
    }

    /** The number with the longest chain in a block; the least of several. */
    private static long longestIn(int block) {
        long first = (long) block * NUMBERS_OF_EACH;
        return LongStream.range(Math.max(1, first), first + NUMBERS_OF_EACH)
                .reduce(1, LongestChain::longer);
    }

    private static long longer(long one, long other) {
        int difference = steps(one) - steps(other);
        return difference > 0 || (difference == 0 && one < other) ? one : other;
    }

    private static int steps(long start) {
        int steps = 0;
        for (long number = start; number != 1; steps++) {
            number = number % 2 == 0 ? number / 2 : 3 * number + 1;
        }
        return steps;
    }
}
