package dev.procession.bench;

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
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Bytes through a Unix-domain socket to a child process and back, in microseconds. */
abstract class SocketRival implements Rival {

    static final int MESSAGE_BYTES = 32;

    private @Nullable Scratch scratch;
    private @Nullable ChildProcess<Void> child;

    @Override
    public void open() throws IOException, InterruptedException {
        scratch = Scratch.create();
        child = connect(scratch.directory().resolve("s").toString());
    }

    abstract ChildProcess<Void> connect(String address) throws IOException, InterruptedException;

    abstract void roundTrip(ByteBuffer message) throws IOException, InterruptedException;

    abstract void hangUp() throws IOException;

    @Override
    public Figure measure(int amount) throws IOException, InterruptedException {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        Histogram nanos = new Histogram(3);
        for (int i = 0; i < amount; i++) {
            message.clear().putInt(0, i);
            long start = System.nanoTime();
            roundTrip(message);
            nanos.recordValue(System.nanoTime() - start);
            if (message.getInt(0) != i) {
                throw new IllegalStateException("a wrong answer: number=" + i);
            }
        }
        return Figure.ofLatencies(nanos);
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

    /** Our connections over a socket. */
    static final class Ours extends SocketRival {

        private static final byte[] SECRET = {1, 2, 3, 4, 5, 6, 7, 8};

        private @Nullable Connection<Void> connection;

        @Override
        public String name() {
            return Catalogue.PROCESSION;
        }

        @Override
        public String version() {
            return Machine.processionVersion();
        }

        @Override
        ChildProcess<Void> connect(String address) throws InterruptedException {
            try (Listener<Void> listener = Listener.bind(Path.of(address), SECRET)) {
                ChildProcess<Void> started = ChildProcess.start(() -> echo(address));
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
    static final class Raw extends SocketRival {

        static final String NAME = "SocketChannel";

        private @Nullable SocketChannel channel;

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
                ChildProcess<Void> started = ChildProcess.start(() -> echo(address));
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
