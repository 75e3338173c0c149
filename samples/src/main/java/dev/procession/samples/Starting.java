package dev.procession.samples;

import dev.procession.core.ChildProcess;
import java.io.PrintStream;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Starts a thread in two ways, then a process, by {@code start} and {@code join}; a process has a
 * {@code pid} too.
 */
public final class Starting {

    private Starting() {}

    /** The second way to start a thread: a subclass. */
    private static final class Greeter extends Thread {

        private final ConcurrentLinkedQueue<String> said;

        Greeter(String name, ConcurrentLinkedQueue<String> said) {
            super(name);
            this.said = said;
        }

        @Override
        public void run() {
            said.add("hello from the thread " + getName());
        }
    }

    /**
     * Runs the sample. The exit status is 0 if all threads and the child have run.
     *
     * @param args ignored
     * @throws Exception if the child failed
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws Exception {
        ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
        Thread first = new Thread(() -> said.add("hello from a thread with a Runnable"));
        Thread second = new Greeter("of a class of its own", said);
        first.start();
        second.start();
        first.join();
        second.join();
        said.forEach(out::println);

        ChildProcess<Long> child = ChildProcess.start(() -> ProcessHandle.current().pid());
        long pid = child.pid();
        out.printf("this is process %d, its child is %d%n", ProcessHandle.current().pid(), pid);
        child.join();
        out.printf(
                "process %d says it was %d and ended with %d%n",
                pid, child.result(), child.exitCode().orElse(-1));
        return said.size() == 2 && child.result() == pid && child.exitCode().orElse(-1) == 0;
    }
}
