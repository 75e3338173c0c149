package dev.procession.monitor.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;

/**
 * The key of a user, from which the addresses of all this user's pages are made: a restarted
 * program has the same address again, and a page that is open goes on.
 *
 * <p>It is in the user's state directory ({@code $XDG_STATE_HOME}, else {@code ~/.local/state}),
 * which outlives sessions and reboots, and only this user may read it or change its directory.
 * Whoever wants new addresses deletes the file. Where it cannot be kept, each monitor has a key of
 * its own.
 */
final class KeyFile {

    static final int BYTES = 32;

    private static final String OWNER = "unix:uid";
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
        requirePrivate(file.toAbsolutePath().getParent());
        if (!found.isRegularFile()
                || !found.permissions().equals(PosixFilePermissions.fromString(PRIVATE_FILE))
                || !isOurs(file)) {
            throw notPrivate(file);
        }
        byte[] key = new byte[BYTES + 1];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            if (in.readNBytes(key, 0, key.length) != BYTES) {
                throw notPrivate(file);
            }
        }
        return Arrays.copyOf(key, BYTES);
    }

    /** Whoever may write to the directory can put a key there that he knows. */
    private static void requirePrivate(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || !isOurs(directory)) {
            throw new IOException(
                    "only this user may own and change the directory of the key: directory="
                            + directory);
        }
    }

    private static boolean isOurs(Path file) throws IOException {
        return Files.getAttribute(file, OWNER)
                .equals(Files.getAttribute(Path.of("/proc/self"), OWNER));
    }

    private static IOException notPrivate(Path file) {
        return new IOException("not a key that only this user may read; delete it: file=" + file);
    }

    /**
     * Makes the file under a name of its own, and links it whole: another process may do so too.
     */
    private static void make(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory, permissions(PRIVATE_DIRECTORY));
        requirePrivate(directory);
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
