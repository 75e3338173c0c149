package dev.procession.core.launch;

import dev.procession.core.life.Session;
import dev.procession.core.wire.Hub;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The main class of the JVM whose loaded classes become the archive: the modules rehearse in it
 * what a child does until its first result.
 *
 * <p>It must end normally, as a JVM that halts writes no archive. When its standard input ends, who
 * started it has died, and it halts.
 */
final class ArchiveTrainer {

    /**
     * The rehearsals of this module and those above it. Who makes lanes comes first, for a child
     * that plays takes the place of the root as this JVM's session.
     */
    private static final List<String> REHEARSALS =
            List.of(
                    "dev.procession.pool.WorkerRehearsal",
                    "dev.procession.core.ChildBodyRehearsal");

    /** What children that use pipes load as well; absent ones do not matter. */
    private static final List<String> LOADED_BY_NAME =
            List.of("dev.procession.pipe.Connection", "dev.procession.pipe.LaneConnection");

    private ArchiveTrainer() {}

    /** Rehearses. */
    public static void main(String[] args)
            throws IOException, InterruptedException, ReflectiveOperationException {
        Thread guard = new Thread(null, ArchiveTrainer::haltWhenAlone, "procession-alone");
        guard.setDaemon(true);
        guard.start();
        Rehearsal.Stage stage = new Rehearsal.Stage(Session.current());
        Hub.current();
        for (String name : REHEARSALS) {
            Class<?> rehearsal = load(name);
            if (rehearsal != null) {
                Constructor<?> constructor = rehearsal.getDeclaredConstructor();
                constructor.setAccessible(true); // they are not public
                ((Rehearsal) constructor.newInstance()).rehearse(stage);
            }
        }
        for (String name : LOADED_BY_NAME) {
            load(name);
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

    /** Null if this program does not have the module. */
    private static @Nullable Class<?> load(String name) {
        try {
            return Class.forName(name, false, ArchiveTrainer.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }
}
