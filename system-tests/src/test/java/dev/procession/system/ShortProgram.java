package dev.procession.system;

import dev.procession.pool.ProcessPoolExecutor;
import java.util.concurrent.ExecutionException;

/** A program that runs one task and ends. */
final class ShortProgram {

    static final String ANSWER = "answer ";

    private ShortProgram() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws ExecutionException, InterruptedException {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            System.out.println(ANSWER + pool.submit(() -> 6 * 7).get());
        }
    }
}
