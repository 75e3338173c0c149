package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A living client whose membership file is deleted does not count as dead. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MembershipFileTest {

    /** Longer than the server needs to check all its clients twice. */
    private static final Duration CHECKS = Duration.ofSeconds(2);

    private static void deleteMembershipFiles(Path address) throws Exception {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(address, "c*")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // the test needs a lock that stays locked
    void shouldKeepTheLockOfALivingClientWhoseFileWasRemoved() throws Exception {
        try (Manager manager = Manager.start()) {
            SharedLock lock = manager.lock("l");
            SharedEvent end = manager.event("end");
            SharedEvent over = manager.event("over");
            ChildProcess<Boolean> other =
                    ChildProcess.start(
                            () -> {
                                end.await();
                                boolean taken = lock.tryLock(Duration.ofMillis(100));
                                over.set();
                                if (!taken) {
                                    taken = lock.tryLock(Duration.ofSeconds(20));
                                    lock.unlock();
                                    return taken;
                                }
                                return false;
                            });
            Await.until(() -> manager.stats().waitingRequests() == 1, "the other client waits");
            lock.lock();
            deleteMembershipFiles(manager.address());
            assertThat(manager.event("never").await(CHECKS)).isFalse();
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            ((RemoteManager) manager)
                    .client()
                    .cutConnections(); // the client connects again with a new file
            assertThat(manager.event("never").await(CHECKS)).isFalse();
            end.set();
            assertThat(over.await(Duration.ofSeconds(20))).isTrue();
            lock.unlock();
            assertThat(other.result()).isTrue();
        }
    }
}
