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
 * The file in the session's directory by which a parent gives a child its work. It is written as a
 * draft and renamed when it is complete.
 *
 * <p>Neither side waits for a connection: the parent writes the file while the child's JVM starts,
 * and the child polls for it. If one of the two dies in between, the file is removed with the
 * child's other files.
 */
final class StartFile {

    private static final long POLL_MILLIS = 1;
    private static final int POLLS_BETWEEN_PROBES = 10;

    private StartFile() {}

    /** Writes the file; called by the parent. */
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

    /** Waits for the file, reads it and deletes it; called by the child, before it joins. */
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
            throw new IOException("interrupted while waiting for work", e);
        }
    }
}
