package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.core.memory.OwnerLock;
import dev.procession.testing.Await;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cleaner of temporary files removes the life file of a process that lives. */
@SystemTest
@Timeout(60)
class RemovedLifeFileTest {

    /** Becomes a member of a name, or makes a session, and waits for its death. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            if (args.length > 0) {
                NamedMembers members =
                        NamedMembers.join(args[0], NamedMembers.Expectation.ANY, founder -> {});
                System.out.println("member: " + members.self());
            } else {
                System.out.println("home: " + Session.current().home());
            }
            System.out.println("ready: ");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    /** Makes a session of its own, which removes the files of dead processes. */
    static final class NextProgram {

        private NextProgram() {}

        public static void main(String[] args) throws Exception {
            System.out.println("home: " + Session.current().home());
        }
    }

    @Test
    void shouldLeaveTheLockToItsOwnerWhoseFileWasRemoved() throws Exception {
        String name = "removed-" + ProcessHandle.current().pid();
        NamedMembers members =
                NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
        try (TestProgram owner = TestProgram.startAsThisUser(Program.class, name)) {
            long member = Long.parseLong(owner.awaitLine("member: "));
            ByteBuffer memory = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
            new OwnerLock(memory, 0, member, dead -> false).lock(0);
            Files.delete(members.home().resolve("m" + member));
            OwnerLock contender = new OwnerLock(memory, 0, members.self(), members::isDead);

            assertThat(contender.lock(TimeUnit.SECONDS.toNanos(1))).isFalse();
            owner.kill();
            assertThat(contender.lock(TimeUnit.SECONDS.toNanos(30))).isTrue();
        } finally {
            members.disband();
            members.leave();
        }
    }

    @Test
    void shouldFindAMemberDeadWhoseNumberALivingOneHadUnderTheSameNameBefore() throws Exception {
        String name = "again-" + ProcessHandle.current().pid();
        NamedMembers first = NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
        try (TestProgram stays = TestProgram.startAsThisUser(Program.class, name)) {
            stays.awaitLine("ready: "); // it goes on to hold a lock of number 2
            first.disband();
            first.leave();
            NamedMembers second =
                    NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
            try (TestProgram dies = TestProgram.startAsThisUser(Program.class, name)) {
                assertThat(dies.awaitLine("member: ")).isEqualTo("2");
                dies.kill();
                Files.delete(second.home().resolve("m2"));
                assertThat(second.isDead(2)).isTrue();
            } finally {
                second.disband();
                second.leave();
            }
        }
    }

    @Test
    void shouldNotProbeTheFilesOfLaterMembersOfTheName() throws Exception {
        String name = "later-" + ProcessHandle.current().pid();
        NamedMembers first = NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
        try (TestProgram stays = TestProgram.startAsThisUser(Program.class, name)) {
            assertThat(stays.awaitLine("member: ")).isEqualTo("2");
            first.disband();
            NamedMembers second =
                    NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
            try (TestProgram dies = TestProgram.startAsThisUser(Program.class, name)) {
                assertThat(dies.awaitLine("member: ")).isEqualTo("2");
                dies.kill();

                assertThat(first.isDead(2)).isFalse();
                assertThat(second.isDead(2)).isTrue();
            } finally {
                second.disband();
                second.leave();
                first.leave();
            }
        }
    }

    @Test
    void shouldKeepTheNameWhoseMembersFilesWereRemoved() throws Exception {
        String name = "swept-" + ProcessHandle.current().pid();
        try (TestProgram owner = TestProgram.startAsThisUser(Program.class, name)) {
            owner.awaitLine("ready: ");
            Path home = directory(name);
            Files.delete(home.resolve("m1"));
            sweep();
            assertThat(home).exists();
            owner.kill();
            sweep();
            assertThat(home).doesNotExist();
        }
    }

    @Test
    void shouldKeepTheNameWhenAnotherMemberEndsAndTheCounterWasRemovedAsWell() throws Exception {
        String name = "counted-" + ProcessHandle.current().pid();
        try (TestProgram owner = TestProgram.startAsThisUser(Program.class, name)) {
            owner.awaitLine("ready: ");
            Path home = directory(name);
            try (TestProgram other = TestProgram.startAsThisUser(Program.class, name)) {
                other.awaitLine("ready: ");
                Files.delete(home.resolve("m1"));
                other.terminate();
                other.awaitExit();
            }
            assertThat(home).exists();
            Files.delete(home.resolve("members"));
            sweep();
            assertThat(home).exists();
            owner.kill();
            sweep();
            assertThat(home).doesNotExist();
        }
    }

    private static Path directory(String name) throws IOException {
        Path sessions = Session.current().home().getParent();
        return sessions.resolveSibling(sessions.getFileName() + "-names").resolve(name);
    }

    /** Sweeps the names, as each program does that uses a name. */
    private static void sweep() throws IOException {
        NamedMembers any =
                NamedMembers.join(
                        "any-" + ProcessHandle.current().pid(),
                        NamedMembers.Expectation.FREE,
                        founder -> {});
        any.disband();
        any.leave();
    }

    @Test
    void shouldLetTheChildLiveWhoseFileWasRemoved() throws Exception {
        try (ChildProcess<Void> child = ChildProcess.start(() -> Thread.sleep(Long.MAX_VALUE))) {
            Session session = Session.current();
            Await.until(() -> !files(session).isEmpty(), "the child has joined");
            Path file = files(session).get(0);
            long member = Long.parseLong(file.getFileName().toString().substring(1));
            Files.delete(file);
            assertThat(session.isDead(member)).isFalse();
            child.kill();
            child.join();
            assertThat(session.isDead(member)).isTrue();
        }
    }

    /** The life files of children. */
    private static List<Path> files(Session session) {
        try (Stream<Path> files = Files.list(session.home())) {
            return files.filter(file -> file.getFileName().toString().matches("m\\d+"))
                    .filter(file -> !file.endsWith("m1"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldKeepTheSessionWhoseRootsFileWasRemoved() throws Exception {
        try (TestProgram program = TestProgram.start(Program.class)) {
            Path home = Path.of(program.awaitLine("home: "));
            Files.delete(home.resolve("m1"));
            runNext();
            assertThat(home).exists();
            program.kill();
            runNext();
            assertThat(home).doesNotExist();
        }
    }

    private static void runNext() throws Exception {
        try (TestProgram next = TestProgram.start(NextProgram.class)) {
            next.awaitLine("home: ");
            next.awaitExit();
        }
    }
}
