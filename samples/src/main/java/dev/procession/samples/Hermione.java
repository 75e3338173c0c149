package dev.procession.samples;

import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import java.io.PrintStream;
import java.util.concurrent.ExecutionException;

/**
 * Uses a pipe: one child sends to another; then two children exchange messages over a duplex pipe,
 * and the process that opened it takes no part.
 */
public final class Hermione {

    private static final int TURNS = 3;

    private Hermione() {}

    /**
     * Runs the sample. The exit status is 0 if every message arrived.
     *
     * @param args ignored
     * @throws Exception if a child failed
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws InterruptedException, ExecutionException {
        boolean heard = produceAndConsume(out);
        return converse(out) && heard;
    }

    /** A producer and a consumer; the closed pipe ends the consumer. */
    private static boolean produceAndConsume(PrintStream out)
            throws InterruptedException, ExecutionException {
        Pipe<String> pipe = Pipe.openOneWay();
        Connection<String> reading = pipe.first();
        Connection<String> writing = pipe.second();
        ChildProcess<String> consumer = ChildProcess.start(() -> consume(reading));
        ChildProcess<Void> producer =
                ChildProcess.start(
                        () -> {
                            writing.send("hermione");
                            writing.close();
                        });
        producer.join();
        String consumed = consumer.result();
        consumer.join();
        out.println("the consumer has heard: " + consumed);
        return consumed.equals("hermione");
    }

    private static String consume(Connection<String> reading) throws InterruptedException {
        StringBuilder all = new StringBuilder();
        while (true) {
            try {
                all.append(reading.receive());
            } catch (EndOfPipeException end) {
                return all.toString();
            }
        }
    }

    /** Each child has one end; the messages do not pass through this process. */
    private static boolean converse(PrintStream out)
            throws InterruptedException, ExecutionException {
        Pipe<String> pipe = Pipe.open();
        Connection<String> one = pipe.first();
        Connection<String> other = pipe.second();
        ChildProcess<String> asking =
                ChildProcess.start(
                        () -> {
                            StringBuilder answers = new StringBuilder();
                            for (int turn = 1; turn <= TURNS; turn++) {
                                one.send("question " + turn);
                                answers.append(one.receive()).append("; ");
                            }
                            return answers.toString();
                        });
        ChildProcess<Integer> answering =
                ChildProcess.start(
                        () -> {
                            for (int turn = 1; turn <= TURNS; turn++) {
                                other.send("answer to " + other.receive());
                            }
                            return TURNS;
                        });
        String answers = asking.result();
        boolean whole = answering.result() == TURNS;
        asking.join();
        answering.join();
        out.println("the children have said: " + answers);
        return whole && answers.endsWith("answer to question " + TURNS + "; ");
    }
}
