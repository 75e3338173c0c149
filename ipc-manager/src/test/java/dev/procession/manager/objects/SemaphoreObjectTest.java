package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.Manager;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.SemaphoreAcquire;
import dev.procession.manager.proto.SemaphoreRelease;
import dev.procession.manager.proto.SemaphoreRequest;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.ScannedRequest;
import dev.procession.manager.stream.ServerOptions;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The permits of a client that the server takes for dead, and that comes again. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SemaphoreObjectTest {

    private static final byte[] SECRET = {1};

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

    private static Request release(long seq, long session) {
        return request(seq)
                .setSemaphore(
                        SemaphoreRequest.newBuilder()
                                .setRelease(
                                        SemaphoreRelease.newBuilder()
                                                .setPermits(1)
                                                .setHeld(1)
                                                .setSession(session)))
                .build();
    }

    @Test
    void shouldNotReleaseWhatReturnedWithAnEarlierSession() throws Exception {
        String address = directory.resolve("m").toString();
        ServerOptions options =
                new ServerOptions(address, SECRET, false, 1 << 20, 10, 0, null, false, true);
        try (ManagerServer server = ManagerServer.start(options);
                Manager manager = Manager.connect(server.directory(), SECRET)) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            server.tasks()
                    .execute(
                            () -> {
                                loseSession(server);
                                done.complete(null);
                            });
            done.get(20, TimeUnit.SECONDS);
            assertThat(manager.semaphore("s", 1).availablePermits()).isZero();
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
        after.stream().received(ScannedRequest.of(release(2, before.session())));
    }

    private Client client(ManagerServer server, long session) {
        ByteString id = ByteString.copyFromUtf8("c");
        return new Client(server.services(), id, 1, session, directory.resolve("c"));
    }
}
