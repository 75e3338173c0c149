package dev.procession.bench.rival.manager;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.bench.rival.NettyEchoServer;
import dev.procession.bench.rival.Scratch;
import dev.procession.core.ChildProcess;
import io.netty.util.Version;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The smallest work for Netty: a server that echoes, and a client that blocks, in microseconds. */
public final class NettyEchoRival implements Rival {

    public static final String NAME = "Netty echo";

    private static final int MESSAGE_BYTES = 48;
    private static final int RETRIES = 4000;

    private @Nullable Scratch scratch;
    private @Nullable ChildProcess<Void> server;
    private @Nullable SocketChannel channel;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "Netty " + Version.identify().get("netty-common").artifactVersion();
    }

    @Override
    public void open() throws IOException, InterruptedException {
        scratch = Scratch.create();
        String socket = scratch.directory().resolve("echo").toString();
        server = Children.builder().start(() -> NettyEchoServer.serve(socket));
        for (int i = 0; channel == null; i++) {
            try {
                channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                if (i == RETRIES) {
                    throw e;
                }
                Thread.sleep(NettyEchoServer.RETRY_MILLIS); // the server does not listen yet
            }
        }
    }

    @Override
    public Set<Long> servers() {
        return server == null ? Set.of() : Set.of(server.pid());
    }

    @Override
    public Figure measure(int amount) throws Exception {
        SocketChannel connected = channel;
        if (connected == null) {
            throw new IllegalStateException("not open");
        }
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        return Latencies.of(
                amount,
                number -> {
                    message.clear().putInt(0, number);
                    while (message.hasRemaining()) {
                        connected.write(message);
                    }
                    message.clear();
                    while (message.hasRemaining() && connected.read(message) >= 0) {
                        // Reads the rest.
                    }
                    ManagerWork.require(message.getInt(0) == number && !message.hasRemaining());
                });
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (channel != null) {
            channel.close();
        }
        if (server != null) {
            server.join();
            server.close();
        }
        if (scratch != null) {
            scratch.close();
        }
    }
}
