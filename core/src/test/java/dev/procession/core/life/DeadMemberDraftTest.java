package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process is killed while it joins under a name. */
@SystemTest
@Timeout(60)
class DeadMemberDraftTest {

    private final String name = "draft-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    @Test
    void shouldOpenTheNameWhenAKillLeftADraft() throws Exception {
        NamedMembers members =
                NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
        Path first = Files.createFile(members.home().resolve("m7.new"));
        Path second = Files.createFile(members.home().resolve("m8.abc.new"));
        try (TestProgram other =
                TestProgram.startAsThisUser(RemovedLifeFileTest.Program.class, name)) {
            assertThat(other.awaitLine("member: ")).isEqualTo("2");
            assertThat(first).doesNotExist();
            assertThat(second).doesNotExist();
        } finally {
            members.disband();
            members.leave();
        }
    }

    @Test
    void shouldSweepWhatADeadMemberLeftWhenAnEarlierSweepWasCutShort() throws Exception {
        NamedMembers members =
                NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
        Path thing = Files.createFile(members.home().resolve("thing.9")); // see SweepOfThings
        // Only a file that may need a sweep has the sweeps of modules looked up.
        Files.createFile(members.home().resolve("q1-ab"));
        Path membership = Files.createFile(members.home().resolve("m9")); // of a dead member
        try (TestProgram other =
                TestProgram.startAsThisUser(RemovedLifeFileTest.Program.class, name)) {
            other.awaitLine("member: ");
            assertThat(thing).doesNotExist();
            assertThat(membership).doesNotExist();
        } finally {
            members.disband();
            members.leave();
        }
    }
}
