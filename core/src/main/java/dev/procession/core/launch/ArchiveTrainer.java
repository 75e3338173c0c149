package dev.procession.core.launch;

import dev.procession.core.life.Services;
import dev.procession.core.life.Session;
import dev.procession.core.link.LinkServer;
import java.io.IOException;
import java.util.List;

/**
 * The main class of the JVM whose loaded classes become the archive: each module runs in it what a
 * child does until its first result ({@link Rehearsal}).
 *
 * <p>It must end normally, as a JVM that halts writes no archive. It halts when its standard input
 * ends, for then the process that started it has died.
 */
final class ArchiveTrainer {

    private ArchiveTrainer() {}

    /** Runs all rehearsals. Takes no arguments. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Thread guard = new Thread(null, ArchiveTrainer::haltWhenAlone, "procession-alone");
        guard.setDaemon(true);
        guard.start();
        Rehearsal.Stage stage = new Rehearsal.Stage(Session.current());
        LinkServer.current();
        List<Rehearsal> rehearsals =
                Services.load(
                        Rehearsal.class,
                        e -> System.err.println("a rehearsal is left out: " + e)); // into the log
        for (Rehearsal rehearsal : rehearsals) {
            rehearsal.prepare();
        }
        for (Rehearsal rehearsal : rehearsals) {
            rehearsal.rehearse(stage);
        }
    }

    private static void haltWhenAlone() {
        try {
            while (System.in.read() >= 0) {
                // The parent writes nothing.
            }
        } catch (IOException e) {
            // Treated like the end of the stream.
        }
        Runtime.getRuntime().halt(ExitCode.PARENT_GONE.code());
    }
}
