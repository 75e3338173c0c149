package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.BackUp;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.store.RestoredContent;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.ScannedRequest;
import dev.procession.manager.stream.ServerOptions;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerCloseTest {

    @TempDir private Path directory;

    private Path store() {
        return directory.resolve("store");
    }

    private ServerOptions options() {
        return new ServerOptions(
                directory.resolve("m").toString(),
                new byte[] {1},
                false,
                1 << 20,
                10,
                0,
                store().toString(),
                false,
                false);
    }

    @Test
    void shouldHaveEndedWhenTheSecondCloseReturns() throws Exception {
        ServerOptions options = options();
        ManagerServer server = ManagerServer.start(options);
        CountDownLatch goOn = new CountDownLatch(1);
        holdUntil(goOn, server, () -> {});
        Background<Boolean> first = closing(server).awaitBlocked(); // waits for the server's thread
        Background<Boolean> second = closing(server);
        goOn.countDown();

        assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
        try (ManagerServer next = ManagerServer.start(options)) {
            assertThat(next.directory()).isEqualTo(server.directory());
        }
        assertThat(first.get(20, TimeUnit.SECONDS)).isTrue();
    }

    /** As when a disk does not answer: the server's thread may be in the middle of a commit. */
    @Test
    void shouldKeepTheStoreFromOthersUntilItsThreadHasEnded() throws Exception {
        ServerOptions options = options();
        ManagerServer server = ManagerServer.start(options);
        CountDownLatch goOn = new CountDownLatch(1);
        holdUntil(
                goOn,
                server,
                () -> {
                    ByteString id = ByteString.copyFromUtf8("c");
                    Client client = new Client(server.services(), id, 1, 1, directory.resolve("c"));
                    client.stream().received(ScannedRequest.of(put()));
                });
        server.close(); // gives up after some seconds
        assertThatThrownBy(() -> ManagerServer.start(options))
                .hasMessageContaining("uses this store");
        goOn.countDown();
        Await.until(() -> canStart(options), "the thread has ended, and the store is closed");
        assertThat(RestoredContent.of(store()).dict("d")).hasSize(1);
    }

    /** Lets the server's thread stand still, then do something. */
    private static void holdUntil(CountDownLatch goOn, ManagerServer server, Runnable then) {
        server.tasks()
                .execute(
                        () -> {
                            try {
                                goOn.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            then.run();
                        });
    }

    private static boolean canStart(ServerOptions options) {
        try {
            ManagerServer.start(options).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Background<Boolean> closing(ManagerServer server) {
        return Background.start(
                () -> {
                    server.close();
                    return true;
                });
    }

    private static Request put() {
        DictPut put =
                DictPut.newBuilder()
                        .setKey(ByteString.copyFromUtf8("first of two"))
                        .setValue(ByteString.copyFromUtf8("v"))
                        .build();
        return Request.newBuilder()
                .setSeq(1)
                .setKind(Kind.DICT)
                .setName("d")
                .setDict(DictRequest.newBuilder().setPut(put))
                .build();
    }

    private Request backUp() {
        return Request.newBuilder()
                .setSeq(2)
                .setBackUp(BackUp.newBuilder().setPath(directory.resolve("copy").toString()))
                .build();
    }

    /** Has a server fail at a request, then receive others; returns when it has ended. */
    private void failAt(Request request, Request... later) throws Exception {
        ManagerServer server = ManagerServer.start(options());
        CountDownLatch failed = new CountDownLatch(1);
        server.tasks()
                .execute(
                        () -> {
                            ByteString id = ByteString.copyFromUtf8("c");
                            Path file = directory.resolve("c");
                            Client client = new Client(server.services(), id, 1, 1, file);
                            client.stream().received(ScannedRequest.of(request));
                            server.failure().ranOutOfMemory(new OutOfMemoryError("for the test"));
                            for (Request next : later) {
                                client.stream().received(ScannedRequest.of(next));
                            }
                            failed.countDown();
                        });
        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        server.close(); // waits until the server has ended
    }

    @Test
    void shouldStoreNothingOfTheRequestThatRanOutOfMemory() throws Exception {
        failAt(put());
        assertThat(RestoredContent.of(store()).dict("d")).isEmpty();
    }

    /** A back-up has what is committed, so it commits first. */
    @Test
    void shouldStoreNothingOfItForALaterBackUpEither() throws Exception {
        failAt(put(), backUp());
        assertThat(RestoredContent.of(store()).dict("d")).isEmpty();
        assertThat(directory.resolve("copy")).doesNotExist();
    }
}
