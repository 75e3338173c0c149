package dev.procession.bench.machine;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the two processes of each rival of a comparison on different processors, and this JVM on
 * the first one; {@link #close} lets this JVM use all of its processors again.
 *
 * <p>All threads of a process are pinned, after the warm-up: until then compilers work beside them.
 * Where one process cannot be pinned, none is, because rivals would not be treated alike.
 */
public final class Pinning implements AutoCloseable {

    private final Taskset taskset;
    private final String allowed;
    private final String placement;

    private Pinning(Taskset taskset, String allowed, String placement) {
        this.taskset = taskset;
        this.allowed = allowed;
        this.placement = placement;
    }

    /** Leaves all processes where the kernel puts them. */
    public static Pinning none(String why) {
        return new Pinning((pid, processors) -> {}, "", "Not pinned: " + why + ".");
    }

    /** Pins this JVM and the processes of each rival, on this machine. */
    public static Pinning apart(Collection<Set<Long>> rivals) {
        try {
            String allowed = Processors.allowedList();
            Optional<Processors> processors =
                    Processors.choose(
                            Processors.numbers(allowed).stream()
                                    .map(Processors::processor)
                                    .toList());
            if (processors.isEmpty()) {
                return none("there is one processor");
            }
            List<Sides> sides = rivals.stream().map(Sides::ofRunning).toList();
            return apart(Taskset::run, allowed, processors.get(), sides);
        } catch (IOException e) {
            return none(e.getMessage());
        }
    }

    public static Pinning apart(
            Taskset taskset, String allowed, Processors processors, List<Sides> rivals) {
        Pinning pinning = new Pinning(taskset, allowed, describe(processors));
        try {
            taskset.pin(ProcessHandle.current().pid(), Integer.toString(processors.first()));
            for (Sides sides : rivals) {
                pin(taskset, sides.first(), Integer.toString(processors.first()));
                pin(taskset, sides.second(), Integer.toString(processors.second()));
            }
            return pinning;
        } catch (IOException e) {
            for (Sides sides : rivals) {
                release(taskset, sides.first(), allowed);
                release(taskset, sides.second(), allowed);
            }
            pinning.close();
            return none(String.valueOf(e.getMessage()));
        }
    }

    private static String describe(Processors processors) {
        return String.format(
                Locale.ROOT,
                "Pinned: the measuring JVM to processor %d, the process that it works with to"
                        + " processor %d; of a rival with two processes of its own, one to each.",
                processors.first(),
                processors.second());
    }

    private static void pin(Taskset taskset, List<Long> pids, String processors)
            throws IOException {
        for (long pid : pids) {
            taskset.pin(pid, processors);
        }
    }

    private static void release(Taskset taskset, List<Long> pids, String allowed) {
        for (long pid : pids) {
            try {
                taskset.pin(pid, allowed);
            } catch (IOException e) {
                System.err.println(e.getMessage()); // the process stays where it is, or has ended
            }
        }
    }

    /** Which process has which processor, for the table. */
    public String placement() {
        return placement;
    }

    @Override
    public void close() {
        if (!allowed.isEmpty()) {
            release(taskset, List.of(ProcessHandle.current().pid()), allowed);
        }
    }
}
