package dev.procession.core.launch;

import dev.procession.core.life.Session;
import dev.procession.core.link.LinkServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The main class of the JVM whose loaded classes become the archive: the modules rehearse in it
 * what a child does until its first result ({@link Rehearsal}).
 *
 * <p>It must end normally, as a JVM that halts writes no archive. When its standard input ends, who
 * started it has died, and it halts.
 */
final class ArchiveTrainer {

    private ArchiveTrainer() {}

    /** Rehearses. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Thread guard = new Thread(null, ArchiveTrainer::haltWhenAlone, "procession-alone");
        guard.setDaemon(true);
        guard.start();
        Rehearsal.Stage stage = new Rehearsal.Stage(Session.current());
        LinkServer.current();
        List<Rehearsal> rehearsals = new ArrayList<>();
        ServiceLoader.load(Rehearsal.class, ArchiveTrainer.class.getClassLoader())
                .forEach(rehearsals::add);
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
                // Nobody writes here.
            }
        } catch (IOException e) {
            // The same as its end.
        }
        Runtime.getRuntime().halt(ExitCode.PARENT_GONE.code());
    }
}
