package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import dev.procession.manager.stream.Client;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test of parts of a server, which runs in the test's JVM. */
abstract class WithServer {

    @TempDir Path directory;
    ManagerServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = ManagerServer.start(ServerTests.options(directory, maxBytes(), null));
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    /** How many bytes the server may store; 0 for the default. */
    long maxBytes() {
        return 0;
    }

    /** Returns a client without a process or a connection. */
    final Client client(int number) {
        ByteString id = ByteString.copyFromUtf8("c" + number);
        return new Client(server.services(), id, number, number, directory.resolve("c" + number));
    }
}
