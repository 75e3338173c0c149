package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import dev.procession.core.link.ProtocolException;
import dev.procession.manager.proto.Hello;
import dev.procession.manager.proto.WelcomeOrBuilder;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The handshake's constants and proofs, for both sides.
 *
 * <p>A proof is the SHA-256 digest of the secret's length and bytes, the prover's role, the
 * client's id, both nonces and the server's incarnation, all of fixed length. Each side adds a
 * fresh nonce, so a proof answers one handshake alone; the role keeps one side's proof from being
 * sent back as the other's.
 */
public final class ManagerHandshake {

    /** Marks the first message of a manager's client. */
    public static final long MAGIC = 0x50524F434D475231L;

    /** The protocol's version; both sides must have the same. */
    public static final int VERSION = 2;

    /** Bytes of a challenge. */
    public static final int NONCE_BYTES = 16;

    /** Bytes of a client's id. */
    public static final int CLIENT_BYTES = 16;

    /** Bytes of a generated secret. */
    public static final int SECRET_BYTES = 32;

    private ManagerHandshake() {}

    /** Refuses the first message of anything but a client of this version. */
    public static void check(Hello hello) throws ProtocolException {
        if (hello.getMagic() != MAGIC) {
            throw new ProtocolException(
                    "not a manager's client: magic=0x" + Long.toHexString(hello.getMagic()));
        }
        if (hello.getVersion() != VERSION) {
            throw new ProtocolException(
                    "the two sides speak different versions of the protocol: server="
                            + VERSION
                            + ", client="
                            + hello.getVersion()
                            + "; use the same version of Procession in both processes");
        }
        if (hello.getNonce().size() != NONCE_BYTES || hello.getClient().size() != CLIENT_BYTES) {
            throw new ProtocolException("a handshake without a challenge or a client id");
        }
    }

    /** Returns the server's answer to the client's challenge. */
    public static ByteString serverProof(byte[] secret, Hello hello, WelcomeOrBuilder welcome) {
        return proof(secret, 'S', hello, welcome);
    }

    /** Returns the client's answer to the server's challenge. */
    public static ByteString clientProof(byte[] secret, Hello hello, WelcomeOrBuilder welcome) {
        return proof(secret, 'C', hello, welcome);
    }

    /** Compares in a time that does not depend on where the two differ. */
    public static boolean matches(ByteString given, ByteString expected) {
        return MessageDigest.isEqual(given.toByteArray(), expected.toByteArray());
    }

    private static ByteString proof(
            byte[] secret, char role, Hello hello, WelcomeOrBuilder welcome) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(secret.length).flip());
            digest.update(secret);
            digest.update((byte) role);
            digest.update(hello.getClient().asReadOnlyByteBuffer());
            digest.update(hello.getNonce().asReadOnlyByteBuffer());
            digest.update(welcome.getNonce().asReadOnlyByteBuffer());
            ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
            digest.update(number.putLong(welcome.getIncarnation()).flip());
            return ByteString.copyFrom(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
