package dev.procession.bench.rival.pipe;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import dev.procession.pipe.PipeOptions;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A pipe to a child process that serves its end until ours is closed. */
abstract class PipeChildRival<T> implements Rival {

    private final String name;
    private final PipeOptions options;
    private final Serving<T> serving;
    private @Nullable Pipe<T> pipe;
    private @Nullable ChildProcess<Void> child;

    /** The work of the child until {@link EndOfPipeException}. */
    interface Serving<T> extends Serializable {
        void serve(Connection<T> connection) throws InterruptedException;
    }

    PipeChildRival(String name, PipeOptions options, Serving<T> serving) {
        this.name = name;
        this.options = options;
        this.serving = serving;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        Pipe<T> made = Pipe.open(options);
        Connection<T> theirs = made.second();
        Serving<T> work = serving;
        child = Children.builder().start(() -> serveUntilEnd(work, theirs));
        pipe = made;
    }

    private static <T> void serveUntilEnd(Serving<T> work, Connection<T> connection)
            throws InterruptedException {
        try {
            work.serve(connection);
        } catch (EndOfPipeException e) {
            return; // no more requests
        }
    }

    @Override
    public Figure measure(int amount) throws Exception {
        if (pipe == null) {
            throw new IllegalStateException("not open: " + name);
        }
        return measure(pipe.first(), amount);
    }

    abstract Figure measure(Connection<T> ours, int amount) throws Exception;

    @Override
    public void close() throws InterruptedException {
        if (pipe != null && child != null) {
            pipe.first().close();
            child.join();
            child.close();
            pipe.close();
        }
    }
}
