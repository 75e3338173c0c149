package dev.procession.core.launch;

import dev.procession.core.life.Session;
import dev.procession.core.link.LinkServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The main class of the JVM whose loaded classes become the archive: each module runs in it what a
 * child does until its first result ({@link Rehearsal}).
 *
 * <p>It must end normally, as a JVM that halts writes no archive. It halts when its standard input
 * ends, for then the process that started it has died.
 */
final class ArchiveTrainer {

    private static final int MOST_REHEARSALS = 16;

    private ArchiveTrainer() {}

    /** Runs all rehearsals. Takes no arguments. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Thread guard = new Thread(null, ArchiveTrainer::haltWhenAlone, "procession-alone");
        guard.setDaemon(true);
        guard.start();
        Rehearsal.Stage stage = new Rehearsal.Stage(Session.current());
        LinkServer.current();
        List<Rehearsal> rehearsals = new ArrayList<>();
        Iterator<Rehearsal> provided =
                ServiceLoader.load(Rehearsal.class, ArchiveTrainer.class.getClassLoader())
                        .iterator();
        for (int count = 0; count < MOST_REHEARSALS; count++) {
            try {
                if (!provided.hasNext()) {
                    break;
                }
                rehearsals.add(provided.next());
            } catch (ServiceConfigurationError e) {
                System.err.println("a rehearsal is left out: " + e); // for the log of the training
            }
        }
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
