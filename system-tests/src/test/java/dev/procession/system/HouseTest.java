package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.procession.system.tool.House;
import dev.procession.system.tool.LongFiles;
import dev.procession.testing.TextTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Which package may use which, and how long cycles and files may be.
 *
 * <p>A row names a package, its content and the packages below it that it may use. Every package
 * may use the ground floor. A use upward needs an exemption with a reason; an unused exemption
 * fails the test as well as a missing one. {@link House} defines the rules.
 */
@TextTest
@Timeout(180)
class HouseTest {

    private static final String PREFIX = "dev.procession";

    /** How many top-level classes may use each other in a cycle. */
    private static final int LONGEST_CYCLE = 6;

    private static final House HOUSE =
            House.of(PREFIX, LONGEST_CYCLE)
                    // The public API; it may use all packages below it.
                    .row("core", "the public API", "core..")
                    .row(
                            "core.child",
                            "the child's side of a child process",
                            "core.transfer",
                            "core.launch",
                            "core.lane",
                            "core.link",
                            "core.life",
                            "core.codec",
                            "core.memory",
                            "core.log",
                            "core.time")
                    .row("core.future", "waiting for many futures", "core.time", "core.log")
                    .row(
                            "core.transfer",
                            "objects in transit",
                            "core.codec",
                            "core.lane",
                            "core.link",
                            "core.life",
                            "core.memory",
                            "core.log",
                            "core.time")
                    .row("core.codec", "objects to bytes and back", "core.log", "core.time")
                    .row(
                            "core.launch",
                            "starting a JVM",
                            "core.lane", // spill files of large results, lanes of dead children
                            "core.link",
                            "core.life",
                            "core.log",
                            "core.time")
                    .row(
                            "core.lane",
                            "one-writer rings and their ends",
                            "core.memory",
                            "core.life",
                            "core.link",
                            "core.log",
                            "core.time")
                    .row(
                            "core.link",
                            "sockets between processes",
                            "core.life",
                            "core.memory",
                            "core.log",
                            "core.time")
                    .row(
                            "core.life",
                            "members and proof of life",
                            "core.memory",
                            "core.log",
                            "core.time")
                    .row("core.memory", "segments, words, locks", "core.log", "core.time")
                    .row("core.thread", "threads that are there while there is work")
                    .row("core.time", "one timeout")
                    .row("core.log", "one log")
                    .row("pipe", "pipes and their socket wire", "core..")
                    .row(
                            "pipe.archive",
                            "the classes of pipes for a start-up archive",
                            "pipe",
                            "core..")
                    .row("queue", "the queue", "queue.ring", "core..")
                    .row("queue.ring", "the two-lock ring", "core..")
                    .row("manager", "the public API", "manager..", "core..")
                    .row(
                            "manager.proxy",
                            "the shared types on the client's side",
                            "manager.client",
                            "manager.wire",
                            "manager.proto",
                            "core..")
                    .row(
                            "manager.launch",
                            "starting a server",
                            "manager.proxy",
                            "manager.client",
                            "manager.server",
                            "manager.stream",
                            "manager.wire",
                            "core..")
                    .row(
                            "manager.client",
                            "the connection on the client's side",
                            "manager.wire",
                            "manager.proto",
                            "core..")
                    .row(
                            "manager.server",
                            "the server as a whole",
                            "manager.stream",
                            "manager.objects",
                            "manager.store",
                            "manager.wire",
                            "manager.proto",
                            "core..")
                    .row(
                            "manager.objects",
                            "the shared objects on the server's side",
                            "manager.stream",
                            "manager.store",
                            "manager.wire",
                            "manager.proto",
                            "core..")
                    .row(
                            "manager.stream",
                            "the server's connections, and its bounds",
                            "manager.store",
                            "manager.wire",
                            "manager.proto",
                            "core..")
                    .row(
                            "manager.store",
                            "the file that survives the server",
                            "manager.wire",
                            "manager.proto",
                            "core..")
                    .row("core.snapshot", "what processes tell about themselves")
                    .row("monitor", "the public API", "monitor..", "manager", "core..")
                    .row("monitor.command", "the command", "monitor.look", "manager", "core..")
                    .row("monitor.page", "the page", "monitor.look", "core..")
                    .row(
                            "monitor.look",
                            "finding programs and asking them",
                            "queue.ring", // it reads queues from outside
                            "core..")
                    .row("manager.wire", "messages and frames", "manager.proto", "core..")
                    .row("manager.proto", "code that protoc generates")
                    .row("pool", "the public API", "pool..", "manager", "core..")
                    .row(
                            "pool.dispatch",
                            "the parent's side",
                            "pool.protocol",
                            "manager",
                            "queue",
                            "pipe",
                            "core..")
                    .row(
                            "pool.worker",
                            "the worker's side",
                            "pool.protocol",
                            "manager",
                            "queue",
                            "pipe",
                            "core..")
                    .row("pool.context", "contexts of libraries", "pool.worker", "core..")
                    .row("pool.protocol", "shared by both sides", "manager", "core..")
                    .groundFloor(
                            "core",
                            "Codec",
                            "OutputLine",
                            "ProcessOutput",
                            "ProcessionException",
                            "RemoteException",
                            "ReturnWhen",
                            "SerializableAction",
                            "SerializableBiFunction",
                            "SerializableCallable",
                            "SerializableFunction",
                            "SerializableRunnable",
                            "SerializableSupplier",
                            "UndecodableException",
                            "UnserializableException",
                            "Waited",
                            "WorkerCrashedException")
                    .groundFloor(
                            "pipe", "EndOfPipeException", "MessageSizeException", "PipeException")
                    .groundFloor("queue", "QueueClosedException", "QueueException")
                    .groundFloor(
                            "manager",
                            "DictListener",
                            "ManagerException",
                            "ManagerStats",
                            "ManagerUnavailableException",
                            "SharedBarrier",
                            "SharedCounter",
                            "SharedDict",
                            "SharedEvent",
                            "SharedList",
                            "SharedLock",
                            "SharedNamespace",
                            "SharedQueue",
                            "SharedSemaphore",
                            "SharedSet",
                            "SharedValue")
                    .groundFloor(
                            "pool",
                            "TaskContext",
                            "TaskFailure",
                            "TaskInfo",
                            "TaskState",
                            "WhenFull",
                            "WorkerInfo",
                            "WorkerState")
                    .groundFloorClass("manager.Merge", "a value")
                    // Uses upward, or beyond the ground floor.
                    .exemption(
                            "core.Codec", "core.codec.StandardCodec", "Codec.standard() makes it")
                    .exemption("core.ProcessOutput", "core.ForwardedOutput", "forward() makes it")
                    .exemption(
                            "core.WorkerCrashedException",
                            "core.launch.ExitCode",
                            "signal() is part of the exit code")
                    .exemption(
                            "core.child.ChildBody",
                            "core.ChildProcess",
                            "it runs a ChildProcess.Body")
                    .exemption("manager.Merge", "manager.wire.Arithmetic", "its kinds are there")
                    .exemption(
                            "manager.Merge", "manager.wire.MergeFunctions", "its kinds are there")
                    .exemption(
                            "manager.proxy.RemoteManager",
                            "manager.Manager",
                            "it is the Manager that a user gets");

    @Test
    void shouldUseOnlyPackagesThatTheTableAllows() {
        JavaClasses classes =
                new ClassFileImporter()
                        .importPackages(
                                PREFIX + ".core",
                                PREFIX + ".manager",
                                PREFIX + ".monitor",
                                PREFIX + ".pipe",
                                PREFIX + ".pool",
                                PREFIX + ".queue");
        assertThat(HOUSE.violations(classes)).isEmpty();
    }

    @Test
    void shouldGiveTheReasonInEachLongFile() throws Exception {
        assertThat(LongFiles.withoutReason(Path.of("").toAbsolutePath().getParent())).isEmpty();
    }
}
