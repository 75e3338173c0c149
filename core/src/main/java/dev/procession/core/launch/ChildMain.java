package dev.procession.core.launch;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The main class of every JVM that Procession starts.
 *
 * <p>The parent passes these arguments: the session's directory, the spare one, the child's member
 * number, the parent's member number and process id, the class of the {@link EntryPoint}, and the
 * child's name, which lists of processes then show.
 */
public final class ChildMain {

    /** The number of arguments. */
    static final int ARGUMENTS = 7;

    private ChildMain() {}

    /** Runs the entry point. */
    public static void main(String[] args) {
        if (args.length < ARGUMENTS) {
            System.err.println("procession: only Procession itself starts this class");
            System.exit(ExitCode.START_FAILED.code());
        }
        // Spring Boot's launcher may put other arguments before them, from a variable for example.
        start(Arrays.copyOfRange(args, args.length - ARGUMENTS, args.length));
    }

    private static void start(String[] args) {
        InterruptKey.ignoreIfRequested();
        ParentConnection parent = null;
        byte[] payload = null;
        EntryPoint entry = null;
        try {
            Path home = Path.of(args[0]);
            Path spare = Path.of(args[1]);
            long self = Long.parseLong(args[2]);
            long parentMember = Long.parseLong(args[3]);
            long parentPid = Long.parseLong(args[4]);
            ParentMonitor monitor = new ParentMonitor(home, parentMember, parentPid);
            entry = entryPoint(args[5]);
            payload = StartFile.take(monitor, home, spare, self);
            Session session = Session.join(home, spare, self);
            parent = new ParentConnection(session, parentMember, parentPid, entry);
        } catch (IOException | ReflectiveOperationException | RuntimeException e) {
            System.err.println("procession: the child " + args[6] + " cannot start");
            e.printStackTrace();
            System.exit(ExitCode.START_FAILED.code());
        }
        run(entry, parent, payload);
    }

    private static EntryPoint entryPoint(String className) throws ReflectiveOperationException {
        Constructor<?> constructor = Class.forName(className).getDeclaredConstructor();
        constructor.setAccessible(true); // entry points are not public
        return (EntryPoint) constructor.newInstance();
    }

    private static void run(EntryPoint entry, ParentConnection parent, byte[] payload) {
        try {
            entry.run(parent, payload);
        } catch (Throwable e) { // nothing above this catches it, as in the JDK's own launcher
            e.printStackTrace();
            System.exit(ExitCode.BODY_FAILED.code());
        }
    }
}
