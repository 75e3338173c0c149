package dev.procession.core.link;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The first message on a link, and the first part of the answer: the sender and the purpose of the
 * link.
 *
 * <pre>
 *  0 long magic   8 int version   12 long pid   20 long member
 * 28 byte purpose   29 long target   37 byte end   38 16 bytes nonce
 * </pre>
 *
 * @param pid the sender's process id, for messages; it proves nothing
 * @param member the sender's member number in the session; 0 for one that is no member
 * @param purpose the purpose of the link
 * @param target the child or the lane, see {@link Purpose}
 * @param end the end of the lane that the sender holds
 * @param nonce the sender's challenge
 */
public record Hello(long pid, long member, Purpose purpose, long target, int end, byte[] nonce) {

    static final int VERSION = 1;
    public static final int NONCE_BYTES = 16;
    static final int BYTES = 38 + NONCE_BYTES;
    private static final long MAGIC = 0x50524F4345535331L;

    /** The purpose of a link. */
    public enum Purpose {
        /**
         * The link through which a parent controls a child; the target is the child's member
         * number.
         */
        CONTROL(1),
        /** The doorbell of a lane; the target is the lane's id. */
        BELL(2),
        /**
         * A process that asks what this one is doing; it need not be a member. The target is the
         * member that is asked.
         */
        QUESTIONS(3);

        private final int wire;

        Purpose(int wire) {
            this.wire = wire;
        }

        static Purpose of(int wire) throws ProtocolException {
            for (Purpose purpose : values()) {
                if (purpose.wire == wire) {
                    return purpose;
                }
            }
            throw new ProtocolException("unknown purpose of a link: purpose=" + wire);
        }
    }

    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(BYTES);
        out.putLong(MAGIC).putInt(VERSION).putLong(pid).putLong(member);
        out.put((byte) purpose.wire).putLong(target).put((byte) end).put(nonce);
        return out.array();
    }

    static Hello read(ByteBuffer in) throws ProtocolException {
        try {
            long magic = in.getLong();
            if (magic != MAGIC) {
                throw new ProtocolException(
                        "not a link of Procession: magic=0x" + Long.toHexString(magic));
            }
            int version = in.getInt();
            if (version != VERSION) {
                throw new ProtocolException(
                        "the two sides speak different versions of the protocol: ours="
                                + VERSION
                                + ", theirs="
                                + version
                                + "; use the same version of Procession in both processes");
            }
            long pid = in.getLong();
            long member = in.getLong();
            Purpose purpose = Purpose.of(in.get());
            long target = in.getLong();
            int end = in.get();
            byte[] nonce = new byte[NONCE_BYTES];
            in.get(nonce);
            return new Hello(pid, member, purpose, target, end, nonce);
        } catch (BufferUnderflowException e) {
            throw new ProtocolException("the handshake is too short", e);
        }
    }

    /** Returns this process's answer to a HELLO: the same purpose, and a challenge of its own. */
    static Hello answer(Session session, Hello theirs) throws IOException {
        return new Hello(
                ProcessHandle.current().pid(),
                session.self(),
                theirs.purpose(),
                theirs.target(),
                theirs.end(),
                Session.nonce(NONCE_BYTES));
    }
}
