package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A life file is missing, and the owner of one with the same name in another directory lives. */
@Timeout(60)
class SameNameElsewhereTest {

    @TempDir Path directory;

    /** Holds the lock of the life file that its argument names. */
    static final class Owner {

        private Owner() {}

        public static void main(String[] args) throws Exception {
            Membership membership = Membership.claim(Path.of(args[0]));
            System.out.println("claimed: " + args[0]);
            int unused = System.in.read();
            membership.release();
        }
    }

    @Test
    void shouldNotTakeTheFileOfAnotherDirectoryForTheMissingOne() throws Exception {
        Path theirs = Files.createDirectories(directory.resolve("x/manager")).resolve("lock");
        Path missing = Files.createDirectories(directory.resolve("y/manager")).resolve("lock");
        try (TestProgram owner = TestProgram.startAsThisUser(Owner.class, theirs.toString())) {
            String unused = owner.awaitLine("claimed: ");

            assertThat(LockProbe.isFree(missing)).isTrue();
            assertThat(LockProbe.isFree(theirs)).isFalse();

            Files.delete(theirs);

            assertThat(LockProbe.isFree(theirs)).isFalse();
        }
    }
}
