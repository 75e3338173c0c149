package dev.procession.core.lane;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Removes lanes whose two holders are both gone. The process that closes the second end of a lane
 * removes it; when the last holder died instead, its parent removes it here. Repeatable, because it
 * only reads and deletes.
 */
public final class LaneSweep {

    private static final Log LOG = Log.of(LaneSweep.class);

    private LaneSweep() {}

    /** Sweeps the lanes of which a dead member held an end. */
    public static void afterDeathOf(Session session, long member) {
        try {
            sweep(session, session.home(), member);
            if (Files.isDirectory(session.spare())) {
                sweep(session, session.spare(), member);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "could not sweep the lanes of a dead process", e);
        }
    }

    private static void sweep(Session session, Path directory, long member) throws IOException {
        try (DirectoryStream<Path> lanes =
                Files.newDirectoryStream(directory, DirectoryLayout.LANES)) {
            for (Path lane : lanes) {
                sweepOne(session, lane, member);
            }
        } catch (NoSuchFileException e) {
            // The session is over.
        }
    }

    /** Sweeps one lane; a failure is logged, and the others are still swept. */
    private static void sweepOne(Session session, Path lane, long member) {
        try {
            long[] owners = owners(lane);
            if ((holds(owners[0], member) || holds(owners[1], member))
                    && isGone(session, owners[0], member)
                    && isGone(session, owners[1], member)) {
                Files.deleteIfExists(lane);
                LaneSpills.discardAll(session, DirectoryLayout.laneId(lane));
            }
        } catch (NoSuchFileException e) {
            // Another process swept or closed the lane at the same time.
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "a lane was not swept after a death: path=" + lane + ", member=" + member,
                    e);
        }
    }

    /**
     * Returns the owner words. They are read, not mapped, because a mapping stays until it is
     * collected.
     */
    private static long[] owners(Path lane) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(lane.toFile(), "r")) {
            return new long[] {word(file, LaneLayout.owner(0)), word(file, LaneLayout.owner(1))};
        } catch (FileNotFoundException e) {
            return new long[] {0, 0};
        }
    }

    private static long word(RandomAccessFile file, int offset) throws IOException {
        byte[] bytes = new byte[Long.BYTES];
        file.seek(offset);
        file.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong();
    }

    private static boolean holds(long word, long member) {
        return LaneOwner.member(word) == member;
    }

    private static boolean isGone(Session session, long word, long member) throws IOException {
        return switch (LaneOwner.state(word)) {
            case CLOSED, DEAD -> true;
            case HELD, MOVING -> holds(word, member) || session.isDead(LaneOwner.member(word));
            case NONE -> false;
        };
    }
}
