package dev.procession.core.launch;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The main class of every JVM that Procession starts.
 *
 * <p>Its arguments, which the parent writes: the session's directory, the spare one, the child's
 * member number, the parent's and its process id, the class of the {@link EntryPoint}, and the
 * child's name for whoever lists processes.
 */
public final class ChildMain {

    /** How many it has. */
    static final int ARGUMENTS = 7;

    private ChildMain() {}

    /** Runs the entry point. */
    public static void main(String[] args) {
        if (args.length < ARGUMENTS) {
            System.err.println("procession: this class is for Procession to start, not for people");
            System.exit(ExitCode.START_FAILED.code());
        }
        // Spring Boot's launcher may be told, by a variable, say, to put others before them.
        start(Arrays.copyOfRange(args, args.length - ARGUMENTS, args.length));
    }

    private static void start(String[] args) {
        InterruptKey.ignoreIfTold();
        ParentConnection parent = null;
        byte[] payload = null;
        EntryPoint entry = null;
        try {
            Path home = Path.of(args[0]);
            Path spare = Path.of(args[1]);
            long self = Long.parseLong(args[2]);
            long parentMember = Long.parseLong(args[3]);
            ParentMonitor watch = new ParentMonitor(home, parentMember, Long.parseLong(args[4]));
            entry = entryPoint(args[5]);
            payload = StartFile.take(watch, home, spare, self);
            parent = new ParentConnection(Session.join(home, spare, self), parentMember, entry);
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
        } catch (Throwable e) { // the last resort of this JVM, as the JDK's own launcher has one
            e.printStackTrace();
            System.exit(ExitCode.BODY_FAILED.code());
        }
    }
}
