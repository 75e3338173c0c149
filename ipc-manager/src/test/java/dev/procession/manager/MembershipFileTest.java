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

/** A cleaner of old files does not turn living clients into dead ones. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MembershipFileTest {

    /** Longer than the server takes to look at all its clients, twice. */
    private static final Duration LOOKS = Duration.ofSeconds(2);

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
            Await.until(() -> manager.stats().waitingRequests() == 1, "the other one waits");
            lock.lock();
            deleteMembershipFiles(manager.address());
            assertThat(manager.event("never").await(LOOKS)).isFalse();
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            ((RemoteManager) manager).client().cutConnections(); // it comes back with a new file
            assertThat(manager.event("never").await(LOOKS)).isFalse();
            end.set();
            assertThat(over.await(Duration.ofSeconds(20))).isTrue();
            lock.unlock();
            assertThat(other.result()).isTrue();
        }
    }
}
