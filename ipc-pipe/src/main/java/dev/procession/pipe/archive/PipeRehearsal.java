package dev.procession.pipe.archive;

import dev.procession.core.launch.Rehearsal;
import dev.procession.pipe.Pipe;
import java.io.IOException;

/** A message through a pipe and back, so that children with pipes start with it loaded. */
public final class PipeRehearsal implements Rehearsal {

    /** Made by {@link java.util.ServiceLoader}. */
    public PipeRehearsal() {}

    @Override
    public void prepare() throws IOException, InterruptedException {
        try (Pipe<String> pipe = Pipe.open()) {
            pipe.first().send("request");
            pipe.second().send(pipe.second().receive());
            pipe.first().receive();
        }
    }

    @Override
    public void rehearse(Stage stage) {
        // The pipe needs no child.
    }
}
