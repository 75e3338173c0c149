package dev.procession.bench.rival.manager;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.NotInstalledException;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Scratch;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Redis over a Unix socket, used by a client that blocks; skipped where it is not installed. */
public final class RedisRival implements Rival {

    private static final String COMMAND = "redis-server";
    private static final String VALUE = "value of a small entry";
    private static final long RETRY_MILLIS = 5;
    private static final int RETRIES = 2000;
    private static final long END_SECONDS = 10;

    private final String name;
    private final byte[] request;
    private final byte[] answer;
    private final int inFlight;
    private @Nullable Scratch scratch;
    private @Nullable Process process;
    private @Nullable SocketChannel channel;

    private RedisRival(String name, String request, String answer, int inFlight) {
        this.name = name;
        this.request = request.repeat(inFlight).getBytes(StandardCharsets.US_ASCII);
        this.answer = answer.repeat(inFlight).getBytes(StandardCharsets.US_ASCII);
        this.inFlight = inFlight;
    }

    public static RedisRival get(String name, int inFlight) {
        return new RedisRival(
                name,
                command("GET", "key:1"),
                "$" + VALUE.length() + "\r\n" + VALUE + "\r\n",
                inFlight);
    }

    public static RedisRival set(String name) {
        return new RedisRival(name, command("SET", "key:1", VALUE), "+OK\r\n", 1);
    }

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return "Redis over a Unix socket, nothing saved";
    }

    @Override
    public void open() throws IOException, NotInstalledException, InterruptedException {
        scratch = Scratch.create();
        String socket = scratch.directory().resolve("redis").toString();
        try {
            process =
                    new ProcessBuilder(
                                    COMMAND,
                                    "--port",
                                    "0",
                                    "--unixsocket",
                                    socket,
                                    "--save",
                                    "",
                                    "--appendonly",
                                    "no")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw new NotInstalledException(COMMAND + " cannot be started", e);
        }
        for (int i = 0; channel == null; i++) {
            try {
                channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                if (i == RETRIES) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS); // the server does not listen yet
            }
        }
        ByteBuffer set =
                ByteBuffer.wrap(command("SET", "key:1", VALUE).getBytes(StandardCharsets.US_ASCII));
        exchange(channel, set, ByteBuffer.allocateDirect("+OK\r\n".length()));
    }

    @Override
    public Set<Long> servers() {
        return process == null ? Set.of() : Set.of(process.pid());
    }

    private static void exchange(SocketChannel with, ByteBuffer out, ByteBuffer in)
            throws IOException {
        while (out.hasRemaining()) {
            with.write(out);
        }
        while (in.hasRemaining() && with.read(in) >= 0) {
            // Reads the rest.
        }
    }

    @Override
    public Figure measure(int amount) throws IOException {
        SocketChannel connected = channel;
        if (connected == null) {
            throw new IllegalStateException("not open: " + name);
        }
        ByteBuffer out = ByteBuffer.allocateDirect(request.length).put(request);
        ByteBuffer in = ByteBuffer.allocateDirect(answer.length);
        ByteBuffer expected = ByteBuffer.wrap(answer);
        Histogram nanos = new Histogram(3);
        long begin = System.nanoTime();
        for (int done = 0; done < amount; done += inFlight) {
            long start = System.nanoTime();
            exchange(connected, out.flip(), in.clear());
            nanos.recordValue(System.nanoTime() - start);
            ManagerWork.require(in.flip().equals(expected));
            out.position(request.length);
        }
        return inFlight == 1 ? Figure.ofLatencies(nanos) : ManagerWork.perOperation(begin, amount);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (channel != null) {
            channel.close();
        }
        if (process != null) {
            process.destroy();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        if (scratch != null) {
            scratch.close();
        }
    }
}
