package dev.procession.core.life;

import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the life files in the directory of a name, and finds out from them which members live.
 * Nothing here changes a file of a living member.
 */
final class MemberFiles {

    /** The word in the segment of the counter that holds the next member's number. */
    static final int NEXT_MEMBER = Segment.BODY;

    /** A random word that distinguishes these members from earlier members of the same name. */
    static final int GENERATION = NEXT_MEMBER + Long.BYTES;

    private static final Pattern MEMBERSHIP = Pattern.compile(DirectoryLayout.LIFE_FILE_PATTERN);

    private MemberFiles() {}

    /** Returns the life files of all members, dead or alive. */
    static List<Path> list(Path home) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(home, DirectoryLayout.LIFE_FILES)) {
            for (Path file : found) {
                if (MEMBERSHIP.matcher(file.getFileName().toString()).matches()) {
                    files.add(file); // not a draft, which a killed process may have left
                }
            }
        }
        return files;
    }

    /** Removes the drafts of life files; only while no process joins. */
    static void deleteDrafts(Path home) throws IOException {
        try (DirectoryStream<Path> drafts =
                Files.newDirectoryStream(home, DirectoryLayout.LIFE_DRAFTS)) {
            for (Path draft : drafts) {
                Files.deleteIfExists(draft);
            }
        }
    }

    /** True if all members are dead. This process must not be one of them. */
    static boolean areAllDead(Path home) throws IOException {
        for (Path file : list(home)) {
            if (!LockProbe.isFree(file)) {
                return false;
            }
        }
        return !hasHiddenMembers(home, tag(home));
    }

    /**
     * True if all members but this process are dead.
     *
     * @param self this process's number
     * @param tag the tag of this process's members
     */
    static boolean areOthersDead(Path home, long self, String tag) throws IOException {
        for (Path file : list(home)) {
            if (DirectoryLayout.memberOfLifeFile(file) != self && !LockProbe.isFree(file)) {
                return false;
            }
        }
        return !hasHiddenMembers(home, tag);
    }

    /**
     * True if another process is a member although its life file is gone, because a cleaner of
     * temporary files removed it, say. Called before anything is deleted.
     *
     * @param tag as in {@link Membership#claim(Path, String)}; null if it is not known
     */
    private static boolean hasHiddenMembers(Path home, @Nullable String tag) throws IOException {
        String drafts = DirectoryLayout.lifeDraftPattern(tag == null ? "[0-9a-f]+" : tag);
        return OpenFiles.isAnyOpen(home, Pattern.compile(drafts));
    }

    /**
     * Returns the tag of the members, which distinguishes them from earlier members of the same
     * name; null if the counter is missing or incomplete. The counter is read, not mapped, because
     * a mapping stays until it is collected.
     */
    static @Nullable String tag(Path home) throws IOException {
        try (InputStream file = Files.newInputStream(home.resolve(DirectoryLayout.MEMBERS))) {
            byte[] head = file.readNBytes(GENERATION + Long.BYTES);
            if (head.length < GENERATION + Long.BYTES) {
                return null; // its founder was killed
            }
            ByteBuffer words = ByteBuffer.wrap(head).order(ByteOrder.nativeOrder());
            return Long.toHexString(words.getLong(GENERATION));
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
