package dev.procession.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Files with secrets, as {@link ManagerMain} takes them. */
final class SecretFiles {

    private SecretFiles() {}

    static Path write(Path file, byte[] secret) throws IOException {
        Files.write(file, secret);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
