package dev.procession.pipe;

import dev.procession.core.link.ProtocolException;

/**
 * The kinds of messages, and the types of the records that carry them.
 *
 * <p>A message is one record, or a first record and others that continue it. The number of a first
 * record is the length of the message in bytes; the number of a continuing record is how many bytes
 * of the message came before it. A first record that comes before the previous message was complete
 * says that the sender has given that message up.
 */
enum MessageKind {

    /** An encoded object. */
    OBJECT(0),

    /** The user's own bytes. */
    BYTES(1);

    private static final int CONTINUED = 2;

    private final int firstType;

    MessageKind(int firstType) {
        this.firstType = firstType;
    }

    /** The type of a message's first record. */
    int firstType() {
        return firstType;
    }

    /** The type of a record that continues a message. */
    int continuedType() {
        return firstType | CONTINUED;
    }

    /** Whether a record of this type continues a message. */
    static boolean isContinued(int type) {
        return (type & CONTINUED) != 0;
    }

    /**
     * Returns the kind of message that begins with a record of this type.
     *
     * @throws ProtocolException if no message does
     */
    static MessageKind ofFirst(int type) throws ProtocolException {
        for (MessageKind kind : values()) {
            if (kind.firstType == type) {
                return kind;
            }
        }
        throw new ProtocolException("unknown type of a pipe's record: type=" + type);
    }
}
