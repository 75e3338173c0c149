package dev.procession.core.link;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The handshake that opens a link: HELLO, WELCOME with the accepting side's proof, PROOF.
 *
 * <p>A proof is the SHA-256 digest of the session's secret, the prover's role and both HELLOs, all
 * of fixed length. Each HELLO holds a fresh challenge, so a proof is valid for one link only. The
 * role prevents a side from sending back the other side's proof as its own.
 */
public final class Handshake {

    private static final int PROOF_BYTES = 32;

    private Handshake() {}

    /** Runs the connecting side's handshake; blocks. */
    static void connect(SocketChannel channel, byte[] secret, Hello ours) throws IOException {
        byte[] hello = ours.toBytes();
        sendHello(channel, hello);
        Frame answer = new FrameReader().read(channel);
        if (answer == null) {
            throw new ProtocolException("the other side closed the link during the handshake");
        }
        sendProof(channel, secret, hello, answer);
    }

    /** Sends the connecting side's HELLO, which fits into the buffer of a new socket. */
    public static void sendHello(SocketChannel channel, byte[] hello) throws IOException {
        write(channel, new Frame(FrameType.HELLO, hello));
    }

    /** Checks the answer to the connecting side's HELLO, and sends its PROOF. */
    public static void sendProof(SocketChannel channel, byte[] secret, byte[] hello, Frame answer)
            throws IOException {
        if (answer.type() == FrameType.REFUSED) {
            throw new ProtocolException(
                    "the other side refused the link: "
                            + new String(answer.payload(), StandardCharsets.UTF_8));
        }
        if (answer.type() != FrameType.WELCOME) {
            throw new ProtocolException("expected WELCOME, got " + answer.type());
        }
        ByteBuffer in = ByteBuffer.wrap(answer.payload());
        byte[] theirs = Hello.read(in).toBytes();
        if (in.remaining() != PROOF_BYTES || !proves(secret, 'A', hello, theirs, in)) {
            throw new ProtocolException("the other side does not know the session's secret");
        }
        write(channel, new Frame(FrameType.PROOF, proof(secret, 'C', hello, theirs)));
    }

    static void write(SocketChannel channel, Frame frame) throws IOException {
        ByteBuffer bytes = frame.toBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Returns the accepting side's answer to a HELLO. */
    static Frame welcome(Session session, byte[] theirs, Hello ours) {
        byte[] hello = ours.toBytes();
        byte[] proof = proof(session.secret(), 'A', theirs, hello);
        byte[] payload = Arrays.copyOf(hello, hello.length + proof.length);
        System.arraycopy(proof, 0, payload, hello.length, proof.length);
        return new Frame(FrameType.WELCOME, payload);
    }

    /** Checks the connecting side's PROOF, on the accepting side. */
    static boolean accepts(Session session, byte[] theirs, Hello ours, byte[] proof) {
        return proves(session.secret(), 'C', theirs, ours.toBytes(), ByteBuffer.wrap(proof));
    }

    private static boolean proves(
            byte[] secret, char role, byte[] connecting, byte[] accepting, ByteBuffer proof) {
        byte[] given = new byte[proof.remaining()];
        proof.get(given);
        return MessageDigest.isEqual(given, proof(secret, role, connecting, accepting));
    }

    private static byte[] proof(byte[] secret, char role, byte[] connecting, byte[] accepting) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(secret);
            digest.update((byte) role);
            digest.update(connecting);
            digest.update(accepting);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
