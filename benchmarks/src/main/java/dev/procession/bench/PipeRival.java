package dev.procession.bench;

import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import java.io.Serializable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A small object through a pipe to a child process, which sends it back: in microseconds. */
final class PipeRival implements Rival {

    private @Nullable Pipe<Ping> pipe;
    private @Nullable ChildProcess<Integer> child;

    /** What Python sends as a data class. */
    private record Ping(int number, String text) implements Serializable {

        static final Ping LAST = new Ping(-1, "last");
    }

    @Override
    public String name() {
        return Catalogue.PROCESSION;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        pipe = Pipe.open();
        Connection<Ping> theirs = pipe.second();
        child = ChildProcess.start(() -> echo(theirs));
    }

    private static int echo(Connection<Ping> connection) throws InterruptedException {
        int count = 0;
        for (Ping ping = connection.receive();
                !ping.equals(Ping.LAST);
                ping = connection.receive()) {
            connection.send(ping);
            count++;
        }
        return count;
    }

    @Override
    public Figure measure(int amount) throws InterruptedException {
        if (pipe == null) {
            throw new IllegalStateException("not open");
        }
        Connection<Ping> ours = pipe.first();
        Histogram nanos = new Histogram(3);
        for (int i = 0; i < amount; i++) {
            Ping ping = new Ping(i, "ping");
            long start = System.nanoTime();
            ours.send(ping);
            Ping answer = ours.receive();
            nanos.recordValue(System.nanoTime() - start);
            if (!ping.equals(answer)) {
                throw new IllegalStateException(
                        "a wrong answer: sent=" + ping + ", received=" + answer);
            }
        }
        return Figure.ofLatencies(nanos);
    }

    @Override
    public void close() throws InterruptedException {
        if (pipe != null && child != null) {
            pipe.first().send(Ping.LAST);
            child.join();
            child.close();
        }
        if (pipe != null) {
            pipe.close();
        }
    }
}
