package dev.procession.manager;

import dev.procession.manager.proxy.RemoteManager;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test of a client whose server does what the test says. */
abstract class WithScriptedServer {

    @TempDir Path directory;
    ScriptedServer server;
    RemoteManager manager;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer(directory.resolve("m"));
        manager = server.manager();
    }

    @AfterEach
    void stop() throws IOException {
        manager.close();
        server.close();
    }
}
