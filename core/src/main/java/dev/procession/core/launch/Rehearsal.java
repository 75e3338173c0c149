package dev.procession.core.launch;

import dev.procession.core.life.ProcStat;
import dev.procession.core.life.Session;
import dev.procession.core.link.FrameLink;
import dev.procession.core.link.LinkServer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The code that a module runs while a start-up archive is made, so that the archive contains the
 * classes that its children load. It acts as the parent, and the stage runs the child in the same
 * JVM.
 *
 * <p>A module provides it by a file for {@link java.util.ServiceLoader}, and not in its descriptor,
 * because archives are made for class paths alone. Rehearsals run in the order of the class path.
 */
public interface Rehearsal {

    /**
     * Runs the part that needs this JVM to be the root of its session. All rehearsals are prepared
     * before the first child runs, because a child on the stage replaces this JVM's session by its
     * own.
     */
    default void prepare() throws IOException, InterruptedException {}

    /** Starts a child and runs it until its first result has arrived; the child may then wait. */
    void rehearse(Stage stage) throws IOException, InterruptedException;

    /** Runs child entry points on threads of this JVM. */
    final class Stage {

        private static final long TIMEOUT_SECONDS = 10;

        private final Session root;

        Stage(Session root) {
            this.root = root;
        }

        /** Runs a child, as its own JVM would, on a thread of this JVM. */
        public void start(Class<? extends EntryPoint> entryPoint, byte[] start) throws IOException {
            start(entryPoint, start, new CountDownLatch(1));
        }

        /** Runs a child until it has sent its result. */
        public void await(Class<? extends EntryPoint> entryPoint, byte[] start)
                throws IOException, InterruptedException {
            CountDownLatch answered = new CountDownLatch(1);
            start(entryPoint, start, answered);
            if (!answered.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("no result came from " + entryPoint.getName());
            }
        }

        private void start(
                Class<? extends EntryPoint> entryPoint, byte[] start, CountDownLatch answered)
                throws IOException {
            long member = root.newMember();
            LinkServer.expect(member, new FrameLink(frame -> answered.countDown()));
            StartFile.write(root, member, start);
            String[] arguments = {
                root.home().toString(),
                root.spare().toString(),
                Long.toString(member),
                Long.toString(root.self()),
                Long.toString(ProcStat.read().pid()),
                entryPoint.getName(),
                "rehearsal"
            };
            Thread child = new Thread(null, () -> ChildMain.main(arguments), "procession-child");
            child.setDaemon(true);
            child.start();
        }
    }
}
