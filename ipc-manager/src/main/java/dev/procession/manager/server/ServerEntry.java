package dev.procession.manager.server;

import dev.procession.core.Codec;
import dev.procession.core.launch.EntryPoint;
import dev.procession.core.launch.ParentConnection;
import dev.procession.core.life.Session;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.manager.stream.ServerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** The main program of a server in a JVM of its own. It ends with the process that started it. */
public final class ServerEntry implements EntryPoint {

    /** Called by the launcher, through reflection. */
    public ServerEntry() {}

    @Override
    public void run(ParentConnection parent, byte[] payload)
            throws IOException, InterruptedException {
        parent.listen();
        Codec codec = Codec.standard();
        ServerOptions options = (ServerOptions) codec.decode(ByteBuffer.wrap(payload));
        try {
            ManagerServer server = ManagerServer.start(options, Runtime.getRuntime()::halt);
            Session.current().beforeEnd(server::close);
            parent.sendResult(TaskOutcome.success(null, codec).toBytes());
        } catch (IOException | RuntimeException e) {
            parent.sendResult(TaskOutcome.failure(e, codec).toBytes());
            return;
        }
        new CountDownLatch(1).await(); // until the process is ended from outside
    }

    @Override
    public void interrupt(long id) {
        // There is no work to interrupt.
    }
}
