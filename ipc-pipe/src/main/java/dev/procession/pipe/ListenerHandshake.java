package dev.procession.pipe;

import dev.procession.core.life.Session;
import dev.procession.core.link.PeerUser;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The first words on a connection between two processes that need not be related. Used by one
 * thread, for one connection, within a time.
 *
 * <pre>
 *   connecting                                accepting
 *   HELLO magic, version, challenge, file  ──▶
 *                                          ◀── WELCOME the same of this side, and its proof
 *   PROOF                                  ──▶
 *                                          ◀── READY
 * </pre>
 *
 * <p>Each is an int of length and so many bytes; the first byte of an answer is 0, or 1 and then
 * the text of a refusal. A proof is the HMAC with SHA-256, keyed with the secret, of the prover's
 * role, HELLO and WELCOME without its proof; so it answers this connection's challenges alone. The
 * file is the speaker's membership file, whose lock is its proof of life.
 */
final class ListenerHandshake implements AutoCloseable {

    static final int VERSION = 1;

    private static final long MAGIC = 0x50524F4350495045L;
    private static final int NONCE_BYTES = 32;
    private static final int PROOF_BYTES = 32;
    private static final int MAX_BYTES = 4096;
    private static final byte FINE = 0;
    private static final byte REFUSED = 1;

    private final SocketChannel channel;
    private final byte[] secret;
    private final Selector selector;
    private final Timeout time;

    ListenerHandshake(SocketChannel channel, byte[] secret, Timeout time) throws IOException {
        this.channel = channel;
        this.secret = secret;
        this.time = time;
        this.selector = Selector.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** The connecting side. */
    SocketEnd connect() throws IOException {
        byte[] hello = self();
        write(hello);
        ByteBuffer answer = answer();
        byte[] welcome = new byte[Math.max(0, answer.remaining() - PROOF_BYTES)];
        answer.get(welcome);
        Path peer = read(welcome);
        byte[] proof = new byte[answer.remaining()];
        answer.get(proof);
        if (!MessageDigest.isEqual(proof, proof('A', hello, welcome))) {
            throw new ProtocolException("the listener does not know the same secret");
        }
        write(proof('C', hello, welcome));
        answer();
        return end(peer);
    }

    /** The accepting side. */
    SocketEnd accept() throws IOException {
        try {
            requireSameUser();
            byte[] hello = packet();
            Path peer = read(hello);
            byte[] welcome = self();
            byte[] proof = proof('A', hello, welcome);
            write(
                    ByteBuffer.allocate(1 + welcome.length + proof.length)
                            .put(FINE)
                            .put(welcome)
                            .put(proof)
                            .array());
            if (!MessageDigest.isEqual(packet(), proof('C', hello, welcome))) {
                throw new ProtocolException("the other side does not know the same secret");
            }
            write(new byte[] {FINE});
            return end(peer);
        } catch (ProtocolException e) {
            refuse(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Whoever may open the socket: the kernel says who has. */
    private void requireSameUser() throws IOException {
        UserPrincipal theirs = PeerUser.of(channel);
        if (theirs == null) {
            throw new ProtocolException(
                    "this JRE cannot ask the kernel who is at the other end; it needs the module"
                            + " jdk.net");
        }
        UserPrincipal ours = Files.getOwner(Session.current().home());
        if (!theirs.equals(ours)) {
            throw new ProtocolException(
                    "the two sides belong to different users: "
                            + ours.getName()
                            + " and "
                            + theirs.getName());
        }
    }

    private void refuse(String reason) throws IOException {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        write(ByteBuffer.allocate(1 + text.length).put(REFUSED).put(text).array());
    }

    private SocketEnd end(Path peer) throws IOException {
        selector.close(); // a channel that is registered stays so until then
        return new SocketEnd(channel, peer.equals(membership()) ? null : peer);
    }

    private static Path membership() throws IOException {
        Session session = Session.current();
        return session.home().resolve("m" + session.self());
    }

    private static byte[] self() throws IOException {
        byte[] file = membership().toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + NONCE_BYTES + file.length)
                .putLong(MAGIC)
                .putInt(VERSION)
                .put(Session.nonce(NONCE_BYTES))
                .put(file)
                .array();
    }

    private static Path read(byte[] bytes) throws ProtocolException {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (in.getLong() != MAGIC) {
                throw new ProtocolException("the other side is no connection of Procession");
            }
            int version = in.getInt();
            if (version != VERSION) {
                throw new ProtocolException(
                        "the two sides speak different versions: "
                                + VERSION
                                + " and "
                                + version
                                + "; use the same version of Procession in both processes");
            }
            in.position(in.position() + NONCE_BYTES);
            return Path.of(StandardCharsets.UTF_8.decode(in).toString());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("the introduction is too short", e);
        }
    }

    private ByteBuffer answer() throws IOException {
        ByteBuffer answer = ByteBuffer.wrap(packet());
        byte how = answer.hasRemaining() ? answer.get() : REFUSED;
        if (how != FINE) {
            throw new ProtocolException(
                    "the listener refused: " + StandardCharsets.UTF_8.decode(answer));
        }
        return answer;
    }

    private byte[] proof(char role, byte[] hello, byte[] welcome) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update((byte) role);
            mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, hello.length));
            mac.update(hello);
            mac.update(welcome);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HmacSHA256", e);
        }
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(Integer.BYTES + bytes.length);
        packet.putInt(bytes.length).put(bytes).flip();
        channel.write(packet);
        if (packet.hasRemaining()) {
            throw new ProtocolException("the other side does not read");
        }
    }

    private byte[] packet() throws IOException {
        int length = read(Integer.BYTES).getInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new ProtocolException("not an introduction: bytes=" + length);
        }
        return Arrays.copyOf(read(length).array(), length);
    }

    private ByteBuffer read(int bytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(bytes);
        while (into.hasRemaining()) {
            int count = channel.read(into);
            if (count < 0) {
                throw new IOException("the other side hung up during the introduction");
            }
            if (count == 0 && time.isOver()) {
                throw new IOException("the other side was silent for too long");
            }
            if (count == 0) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new IOException("interrupted during the introduction");
                }
                selector.select(Math.max(1, time.remainingNanos() / 1_000_000));
                selector.selectedKeys().clear();
            }
        }
        return into.flip();
    }

    /** Gives the selector back; the socket is the caller's, or the end's. */
    @Override
    public void close() throws IOException {
        selector.close();
    }

    /** Closes a socket that did not become an end. */
    static void drop(@Nullable SocketChannel socket, Exception reason) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
