package dev.procession.bench.rival.pipe;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.Scratch;
import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Listener;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Bytes through a Unix-domain socket to a child process and back, in microseconds. */
public abstract class SocketRival implements Rival {

    static final int MESSAGE_BYTES = 32;

    private final long pauseNanos;
    private @Nullable Scratch scratch;
    private @Nullable ChildProcess<Void> child;

    SocketRival(long pauseNanos) {
        this.pauseNanos = pauseNanos;
    }

    @Override
    public void open() throws IOException, InterruptedException {
        scratch = Scratch.create();
        child = connect(scratch.directory().resolve("s").toString());
    }

    abstract ChildProcess<Void> connect(String address) throws IOException, InterruptedException;

    abstract void roundTrip(ByteBuffer message) throws IOException, InterruptedException;

    abstract void hangUp() throws IOException;

    @Override
    public Figure measure(int amount) throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        return Latencies.of(
                amount,
                number -> LockSupport.parkNanos(pauseNanos),
                number -> {
                    roundTrip(message.clear().putInt(0, number));
                    if (message.getInt(0) != number) {
                        throw new IllegalStateException("a wrong answer: number=" + number);
                    }
                });
    }

    @Override
    public void close() throws IOException, InterruptedException {
        hangUp();
        if (child != null) {
            child.join();
            child.close();
        }
        if (scratch != null) {
            scratch.close();
        }
    }

    /** Procession's connections over a socket. */
    public static final class Ours extends SocketRival {

        private static final byte[] SECRET = {1, 2, 3, 4, 5, 6, 7, 8};

        private @Nullable Connection<Void> connection;

        public Ours() {
            super(0);
        }

        @Override
        public String name() {
            return RivalNames.PROCESSION;
        }

        @Override
        public String version() {
            return Machine.processionVersion();
        }

        @Override
        ChildProcess<Void> connect(String address) throws InterruptedException {
            try (Listener<Void> listener = Listener.bind(Path.of(address), SECRET)) {
                ChildProcess<Void> started = Children.builder().start(() -> echo(address));
                connection = listener.accept();
                return started;
            }
        }

        private static void echo(String address) throws InterruptedException {
            try (Connection<Void> end = Listener.connect(Path.of(address), SECRET)) {
                ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
                while (end.receiveBytes(message.clear()) > 0) {
                    end.sendBytes(message.flip());
                }
            }
        }

        @Override
        void roundTrip(ByteBuffer message) throws InterruptedException {
            Connection<Void> end = connection;
            if (end == null) {
                throw new IllegalStateException("not open");
            }
            end.sendBytes(message);
            end.receiveBytes(message);
        }

        @Override
        void hangUp() throws IOException {
            Connection<Void> end = connection;
            if (end == null) {
                return;
            }
            try (end) {
                end.sendBytes(ByteBuffer.allocate(0));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The JDK's blocking channels. */
    public static final class Raw extends SocketRival {

        public static final String NAME = "SocketChannel";

        private @Nullable SocketChannel channel;

        public Raw(long pauseNanos) {
            super(pauseNanos);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String version() {
            return "JDK " + Runtime.version();
        }

        @Override
        ChildProcess<Void> connect(String address) throws IOException {
            try (ServerSocketChannel server =
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(address));
                ChildProcess<Void> started = Children.builder().start(() -> echo(address));
                channel = server.accept();
                return started;
            }
        }

        private static void echo(String address) throws IOException {
            try (SocketChannel end = SocketChannel.open(UnixDomainSocketAddress.of(address))) {
                ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
                while (readWhole(end, message.clear())) {
                    writeWhole(end, message.flip());
                }
            }
        }

        private static boolean readWhole(SocketChannel end, ByteBuffer into) throws IOException {
            while (into.hasRemaining()) {
                if (end.read(into) < 0) {
                    return false;
                }
            }
            return true;
        }

        private static void writeWhole(SocketChannel end, ByteBuffer from) throws IOException {
            while (from.hasRemaining()) {
                end.write(from);
            }
        }

        @Override
        void roundTrip(ByteBuffer message) throws IOException {
            SocketChannel end = channel;
            if (end == null) {
                throw new IllegalStateException("not open");
            }
            writeWhole(end, message);
            if (!readWhole(end, message.clear())) {
                throw new IOException("the child has ended");
            }
        }

        @Override
        void hangUp() throws IOException {
            if (channel != null) {
                channel.close();
            }
        }
    }
}
