package dev.procession.system.program;

import dev.procession.pool.ProcessPoolExecutor;
import java.util.concurrent.ExecutionException;

/** A program that runs one task and ends. */
public final class ShortProgram {

    public static final String ANSWER = "answer ";

    private ShortProgram() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws ExecutionException, InterruptedException {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            System.out.println(ANSWER + pool.submit(() -> 6 * 7).get());
        }
    }
}
