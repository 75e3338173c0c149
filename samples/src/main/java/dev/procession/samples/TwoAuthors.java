package dev.procession.samples;

import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import java.io.PrintStream;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/**
 * Two processes fill one dict, then their parent prints it: the first example of Python's {@code
 * multiprocessing.Manager}. The children capture the dict like any other object; only its address
 * is sent.
 */
public final class TwoAuthors {

    private static final int ENTRIES = 16;

    private TwoAuthors() {}

    /**
     * Runs the sample. The exit status is 0 if the dict has all entries.
     *
     * @param args ignored
     * @throws Exception if a child failed
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws ExecutionException, InterruptedException {
        try (Manager manager = Manager.start()) {
            SharedDict<String, Long> dict = manager.dict("entries");
            ChildProcess<Integer> hermione = ChildProcess.start(() -> fill(dict, "hermione"));
            ChildProcess<Integer> ron = ChildProcess.start(() -> fill(dict, "ron"));
            int written = hermione.result() + ron.result();
            new TreeMap<>(dict).forEach((key, pid) -> out.println(key + " by pid " + pid));
            boolean right = written == 2 * ENTRIES && dict.size() == written;
            out.println(right ? "two authors: all entries are there" : "two authors: LOST ENTRIES");
            return right;
        }
    }

    private static int fill(SharedDict<String, Long> dict, String author) {
        for (int number = 1; number <= ENTRIES; number++) {
            dict.put(String.format("%s-%02d", author, number), ProcessHandle.current().pid());
        }
        return ENTRIES;
    }
}
