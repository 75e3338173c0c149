package dev.procession.pipe;

import dev.procession.core.life.DirectoryLayout;
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
 * The handshake of a connection between two processes that may be unrelated. Used by one thread,
 * for one connection, with one timeout for all steps.
 *
 * <pre>
 *   connecting                                accepting
 *   HELLO magic, version, challenge, file ──▶
 *                                          ◀── WELCOME the same of this side, and its proof
 *   PROOF                                  ──▶
 *                                          ◀── READY
 * </pre>
 *
 * <p>Each packet is an int, the length, and that many bytes. The first byte of an answer is 0, or 1
 * before the text of a refusal. A proof is the HMAC-SHA256, keyed with the secret, of the prover's
 * role, HELLO, and WELCOME without its proof: it is only valid for the challenges of this
 * connection. The file is the sender's life file, whose lock is its proof of life.
 */
final class ListenerHandshake implements AutoCloseable {

    static final int VERSION = 1;

    private static final long MAGIC = 0x50524F4350495045L;
    private static final int NONCE_BYTES = 32;
    private static final int PROOF_BYTES = 32;
    private static final int MAX_BYTES = 4096;
    private static final byte ACCEPTED = 0;
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

    /** Shakes hands as the connecting side. */
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
            throw new ProtocolException("the listener has a different secret");
        }
        write(proof('C', hello, welcome));
        answer();
        return end(peer);
    }

    /** Shakes hands as the accepting side. */
    SocketEnd accept() throws IOException {
        try {
            requireSameUser();
            byte[] hello = packet();
            Path peer = read(hello);
            byte[] welcome = self();
            byte[] proof = proof('A', hello, welcome);
            write(
                    ByteBuffer.allocate(1 + welcome.length + proof.length)
                            .put(ACCEPTED)
                            .put(welcome)
                            .put(proof)
                            .array());
            if (!MessageDigest.isEqual(packet(), proof('C', hello, welcome))) {
                throw new ProtocolException("the other side has a different secret");
            }
            write(new byte[] {ACCEPTED});
            return end(peer);
        } catch (ProtocolException e) {
            refuse(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** File permissions say who may open the socket; the kernel says who has. */
    private void requireSameUser() throws IOException {
        UserPrincipal theirs = PeerUser.of(channel);
        if (theirs == null) {
            throw new ProtocolException(
                    "this JRE cannot ask the kernel which user is at the other end; it needs the"
                            + " module jdk.net");
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
        selector.close(); // the channel stays registered until then
        return new SocketEnd(channel, peer.equals(membership()) ? null : peer);
    }

    private static Path membership() throws IOException {
        Session session = Session.current();
        return DirectoryLayout.lifeFile(session.home(), session.self());
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
                throw new ProtocolException("the other side is not a connection of Procession");
            }
            int version = in.getInt();
            if (version != VERSION) {
                throw new ProtocolException(
                        "the two sides have different versions: "
                                + VERSION
                                + " and "
                                + version
                                + "; use the same version of Procession in both processes");
            }
            in.position(in.position() + NONCE_BYTES);
            return Path.of(StandardCharsets.UTF_8.decode(in).toString());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("a packet of the handshake is too short", e);
        }
    }

    private ByteBuffer answer() throws IOException {
        ByteBuffer answer = ByteBuffer.wrap(packet());
        byte verdict = answer.hasRemaining() ? answer.get() : REFUSED;
        if (verdict != ACCEPTED) {
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
            throw new ProtocolException("not a packet of the handshake: bytes=" + length);
        }
        return Arrays.copyOf(read(length).array(), length);
    }

    private ByteBuffer read(int bytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(bytes);
        while (into.hasRemaining()) {
            int count = channel.read(into);
            if (count < 0) {
                throw new IOException("the other side closed the socket during the handshake");
            }
            if (count == 0 && time.isOver()) {
                throw new IOException("the other side did not complete the handshake in time");
            }
            if (count == 0) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new IOException("interrupted during the handshake");
                }
                selector.select(Math.max(1, time.remainingNanos() / 1_000_000));
                selector.selectedKeys().clear();
            }
        }
        return into.flip();
    }

    /** Closes the selector, not the socket, which belongs to the caller or to the end. */
    @Override
    public void close() throws IOException {
        selector.close();
    }

    /**
     * Closes a socket whose handshake failed.
     *
     * @param reason the failure, which gets a failure to close as a suppressed one
     */
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
