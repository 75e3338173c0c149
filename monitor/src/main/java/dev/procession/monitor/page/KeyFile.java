package dev.procession.monitor.page;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * The key of a user, from which the addresses of all this user's pages are made: a restarted
 * program has the same address again, and a page that is open goes on.
 *
 * <p>It is in the user's state directory ({@code $XDG_STATE_HOME}, else {@code ~/.local/state}),
 * which outlives sessions and reboots, and only this user may read it. Whoever wants new addresses
 * deletes the file. Where it cannot be kept, each monitor has a key of its own.
 */
final class KeyFile {

    static final int BYTES = 32;

    private static final String PRIVATE_FILE = "rw-------";
    private static final String PRIVATE_DIRECTORY = "rwx------";

    private KeyFile() {}

    /** Returns the place of this user's file. */
    static Path ofUser() {
        String state = System.getenv("XDG_STATE_HOME");
        Path directory =
                state != null && state.startsWith("/")
                        ? Path.of(state)
                        : Path.of(System.getProperty("user.home"), ".local", "state");
        return directory.resolve("procession").resolve("monitor.key");
    }

    /**
     * Reads the key, or makes one.
     *
     * @throws IOException if it can be neither read nor made, or others may read it
     */
    static byte[] read(Path file) throws IOException {
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                return existing(file);
            } catch (NoSuchFileException e) {
                make(file);
            }
        }
        return existing(file);
    }

    private static byte[] existing(Path file) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isRegularFile()
                || !found.permissions().equals(PosixFilePermissions.fromString(PRIVATE_FILE))
                || found.size() != BYTES) {
            throw new IOException(
                    "not a key that only this user may read; delete it: file=" + file);
        }
        return Files.readAllBytes(file);
    }

    /**
     * Makes the file under a name of its own, and links it whole: another process may do so too.
     */
    private static void make(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory, permissions(PRIVATE_DIRECTORY));
        Path draft = Files.createTempFile(directory, "key", "", permissions(PRIVATE_FILE));
        try {
            Files.write(draft, random());
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // The other process's key is as good.
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static FileAttribute<?> permissions(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }

    static byte[] random() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }
}
