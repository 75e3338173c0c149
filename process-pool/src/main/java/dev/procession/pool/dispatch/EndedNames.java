package dev.procession.pool.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * The names of the last tasks of a worker that had one, by their numbers: lines that a task has
 * printed are read after its outcome. The {@link WorkerRun} guards it.
 */
final class EndedNames {

    /** Numbers are given in order, so the last ones have different places. */
    private static final int PLACES = 1024;

    private final long[] numbers = new long[PLACES];
    private final @Nullable String[] names = new String[PLACES];

    void add(long number, String name) {
        numbers[place(number)] = number;
        names[place(number)] = name;
    }

    /** Returns the name of a task; null if it had none, or ended too long ago. */
    @Nullable String of(long number) {
        return numbers[place(number)] == number ? names[place(number)] : null;
    }

    private static int place(long number) {
        return (int) (number & (PLACES - 1));
    }
}
