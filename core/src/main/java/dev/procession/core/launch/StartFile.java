package dev.procession.core.launch;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a child is to run, on its way there: a file in the session's directory, which gets its name
 * when it is whole.
 *
 * <p>Neither side waits for a connection: the parent writes it while the child's JVM comes up, and
 * the child finds it there. Who dies in between leaves a file that goes with the child's others.
 */
final class StartFile {

    private static final long POLL_MILLIS = 1;
    private static final int POLLS_BETWEEN_PROBES = 10;

    private StartFile() {}

    /** By the parent: gives the child its work. */
    static void write(Session session, long member, byte[] payload) throws IOException {
        File draft =
                session.writeFile(
                                DirectoryLayout.childStart(member) + DirectoryLayout.DRAFT, payload)
                        .toFile();
        File file = new File(draft.getParentFile(), DirectoryLayout.childStart(member));
        if (!draft.renameTo(file)) {
            throw new IOException("cannot rename a file: from=" + draft + ", to=" + file);
        }
    }

    /** By the child, before it joins the session: waits for its work. */
    static byte[] take(ParentMonitor parent, Path home, Path spare, long self) throws IOException {
        String name = DirectoryLayout.childStart(self);
        File[] places = {new File(home.toString(), name), new File(spare.toString(), name)};
        int polls = 0;
        while (true) {
            for (File place : places) {
                byte[] payload = read(place);
                if (payload != null) {
                    return payload;
                }
            }
            if (++polls % POLLS_BETWEEN_PROBES == 0) {
                parent.exitIfDead();
            }
            pause();
        }
    }

    private static byte @Nullable [] read(File file) throws IOException {
        byte[] payload;
        try (InputStream in = new FileInputStream(file)) {
            payload = in.readAllBytes();
        } catch (FileNotFoundException e) {
            return null;
        }
        if (!file.delete()) {
            throw new IOException("cannot remove a file: path=" + file);
        }
        return payload;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            throw new IOException("interrupted before there was work", e);
        }
    }
}
