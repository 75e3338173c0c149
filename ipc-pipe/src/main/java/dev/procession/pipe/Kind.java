package dev.procession.pipe;

/**
 * The types of a pipe's records.
 *
 * <p>A message is one record, or a first one and others that continue it. The number of the first
 * is the message's length in bytes, the number of another is how many bytes came before. A first
 * record before the one before it was complete says that its sender has given that message up.
 */
final class Kind {

    /** An encoded object. */
    static final int OBJECT = 0;

    /** The user's own bytes. */
    static final int BYTES = 1;

    private static final int CONTINUED = 2;

    private Kind() {}

    static int continued(int kind) {
        return kind | CONTINUED;
    }

    static boolean isContinued(int type) {
        return (type & CONTINUED) != 0;
    }

    static int of(int type) {
        return type & ~CONTINUED;
    }
}
