package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No other user knows the key: neither reads it nor puts his own in its place. */
class KeyFileTest {

    private static final int NOBODY = 65534;

    @TempDir private Path directory;
    private Path file;
    private byte[] key;

    @BeforeEach
    void make() throws IOException {
        file = directory.resolve("state").resolve("procession").resolve("monitor.key");
        key = KeyFile.read(file);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> KeyFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldBeTheSameAgainAndPrivate() throws IOException {
        assertThat(key).hasSize(KeyFile.BYTES).isEqualTo(KeyFile.read(file));
        assertThat(Files.getPosixFilePermissions(file.getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void shouldNotBeOneThatOthersMayRead() throws IOException {
        for (String mode : List.of("rw-r-----", "rw-----w-", "rw----r--")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertRefused("delete it");
        }
    }

    @Test
    void shouldNotBeALinkOrOfAnotherLength() throws IOException {
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(file, elsewhere);
        Files.createSymbolicLink(file, elsewhere);
        assertRefused("delete it");
        Files.delete(file);
        for (int bytes : List.of(0, KeyFile.BYTES - 1, KeyFile.BYTES + 1)) {
            Files.write(elsewhere, new byte[bytes]);
            Files.copy(elsewhere, file, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            assertRefused("delete it");
            Files.delete(file);
        }
    }

    @Test
    void shouldNotComeFromADirectoryThatOthersMayChange() throws IOException {
        for (String mode : List.of("rwxrwx---", "rwxr-xrwx")) {
            Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString(mode));
            assertRefused("directory of the key");
        }
        Files.setPosixFilePermissions(
                file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(KeyFile.read(file)).isEqualTo(key);
    }

    /** As root has with the environment of another user, XDG_STATE_HOME included. */
    @Test
    void shouldNotBeTheKeyOfAnotherUser() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root gives files away");
        Files.setAttribute(file, "unix:uid", NOBODY);
        assertRefused("delete it");
        Files.setAttribute(file, "unix:uid", 0);
        Files.setAttribute(file.getParent(), "unix:uid", NOBODY);
        assertRefused("directory of the key");
        Files.delete(file);
        assertRefused("directory of the key");
    }
}
