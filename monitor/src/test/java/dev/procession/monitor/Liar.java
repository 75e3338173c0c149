package dev.procession.monitor;

import dev.procession.core.life.Session;
import dev.procession.core.link.Answers;
import dev.procession.core.link.LinkServer;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.Snapshots;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.TimesSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.List;

/**
 * A program that says that its pool's worker has the number in its argument, and whose names have
 * the text in its second argument.
 */
public final class Liar {

    private Liar() {}

    public static void main(String[] args) throws Exception {
        long pid = Long.parseLong(args[0]);
        String name = args.length > 1 ? args[1] : "liar";
        TimesSnapshot times = new TimesSnapshot(0, 0, 0, 0, 0);
        PoolSnapshot pool =
                new PoolSnapshot(
                        1,
                        name,
                        1,
                        false,
                        0,
                        1,
                        1,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        1,
                        0,
                        times,
                        times,
                        List.of(new WorkerSnapshot(0, pid, "BUSY" + name, "1", 1, 0, 0, 0, 0, 0)),
                        List.of(new TaskSnapshot(1, name, "RUNNING", 0, 1, 1, 0)),
                        0,
                        List.of(
                                new dev.procession.core.snapshot.FailureSnapshot(
                                        2, name, 1, name, name, name, 0)));
        Answers.provide("pools", (question, arguments) -> Snapshots.encode(List.of(pool)));
        Answers.provide(
                "stack",
                (question, arguments) -> name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Answers.provide(
                "cancel",
                (question, arguments) -> {
                    throw new java.io.IOException(name);
                });
        LinkServer unused = LinkServer.current();
        System.out.println("session: " + Session.current().home().getFileName());
        Thread.sleep(Long.MAX_VALUE);
    }
}
