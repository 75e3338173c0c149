package dev.procession.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Runs programs as a user that no other program has; each test process has its own. */
public final class OtherUser {

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    /** Above the ids that a system assigns. */
    private static final long FIRST = 1_000_000;

    private static final long USER = FIRST + ProcessHandle.current().pid();

    private OtherUser() {}

    /**
     * Returns the start of a command that runs as that user, who may read and write all files here;
     * a new list. Skips the test if this process may not change its user.
     *
     * @param directory the program's directory, which all users may use afterwards
     */
    public static List<String> prefix(Path directory) throws IOException {
        assumeTrue(
                System.getProperty("user.name").equals("root") && Files.isExecutable(SETPRIV),
                "only root can become another user");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        return new ArrayList<>(
                List.of(
                        SETPRIV.toString(),
                        "--reuid=" + USER,
                        "--regid=" + USER,
                        "--clear-groups",
                        "--inh-caps=+dac_override",
                        "--ambient-caps=+dac_override"));
    }

    /** Flags of a JVM that keeps its files in that directory. */
    public static List<String> flags(Path directory) {
        return List.of(
                "-Djava.io.tmpdir=" + directory,
                "-Dprocession.directory=" + directory,
                "-Duser.name=u" + USER);
    }
}
