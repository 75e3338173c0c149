package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.SemaphoreAcquire;
import dev.procession.manager.proto.SemaphoreRelease;
import dev.procession.manager.proto.SemaphoreRequest;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.ScannedRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The permits of a client that the server takes for dead, and that comes again. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SemaphoreObjectTest {

    @TempDir private Path directory;

    private static Request.Builder request(long seq) {
        return Request.newBuilder()
                .setSeq(seq)
                .setKind(Kind.SEMAPHORE)
                .setName("s")
                .setSemaphorePermits(1);
    }

    private static Request acquire(long seq) {
        return request(seq)
                .setSemaphore(
                        SemaphoreRequest.newBuilder()
                                .setAcquire(SemaphoreAcquire.newBuilder().setPermits(1)))
                .build();
    }

    private static Request release(long seq, int permits, long session) {
        return request(seq)
                .setSemaphore(
                        SemaphoreRequest.newBuilder()
                                .setRelease(
                                        SemaphoreRelease.newBuilder()
                                                .setPermits(permits)
                                                .setHeld(1)
                                                .setSession(session)))
                .build();
    }

    @Test
    void shouldNotReleaseWhatReturnedWithAnEarlierSession() throws Exception {
        try (ManagerServer server = ManagerServer.start(ServerTests.options(directory));
                Manager manager = ServerTests.connect(server)) {
            ServerTests.call(
                    server,
                    () -> {
                        loseSession(server);
                        return null;
                    });
            assertThat(manager.semaphore("s", 1).availablePermits()).isZero();
        }
    }

    /** An acquisition is taken back after another client has released all permits that fit. */
    @Test
    void shouldHaveNoMorePermitsThanAnIntHas() throws Exception {
        try (ManagerServer server = ManagerServer.start(ServerTests.options(directory));
                Manager manager = ServerTests.connect(server)) {
            ServerTests.call(
                    server,
                    () -> {
                        Client one = client(server, 1);
                        one.stream().received(ScannedRequest.of(acquire(1)));
                        Client other = client(server, 2);
                        other.stream()
                                .received(
                                        ScannedRequest.of(
                                                release(1, Integer.MAX_VALUE, other.session())));
                        one.stream().withdraw(1);
                        return null;
                    });
            SharedSemaphore semaphore = manager.semaphore("s", 1);
            assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
            semaphore.acquire();
            semaphore.release();
            assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
        }
    }

    /**
     * A client acquires the permit, and is taken for dead; it comes again and acquires it again.
     */
    private void loseSession(ManagerServer server) {
        Client before = client(server, 1);
        before.stream().received(ScannedRequest.of(acquire(1)));
        before.end();
        Client after = client(server, 2);
        after.stream().received(ScannedRequest.of(acquire(1)));
        after.stream().received(ScannedRequest.of(release(2, 1, before.session())));
    }

    private Client client(ManagerServer server, long session) {
        ByteString id = ByteString.copyFromUtf8("c");
        return new Client(server.services(), id, 1, session, directory.resolve("c"));
    }
}
