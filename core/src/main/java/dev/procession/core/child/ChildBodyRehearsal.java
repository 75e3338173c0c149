package dev.procession.core.child;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.launch.Rehearsal;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Rehearses a child process that returns the captured values of a lambda. */
public final class ChildBodyRehearsal implements Rehearsal {

    /** Made by {@link java.util.ServiceLoader}. */
    public ChildBodyRehearsal() {}

    @Override
    public void rehearse(Stage stage) throws IOException, InterruptedException {
        stage.await(ChildBody.class, Codec.standard().encode(task(1)));
    }

    private static SerializableCallable<Object> task(long captured) {
        String text = "captured";
        return () -> List.of(captured, text, Map.of(text, captured), new long[] {captured});
    }
}
