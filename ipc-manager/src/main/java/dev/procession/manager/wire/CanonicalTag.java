package dev.procession.manager.wire;

/**
 * The first byte of each canonical value. Numbers are big-endian, sizes are four bytes.
 *
 * <pre>
 *   LATIN1       size, a byte for each character (all at most 0xFF)
 *   UTF16        size in characters, two bytes each (one at least above 0xFF)
 *   TRUE, FALSE  nothing;   NULL  nothing (only inside a record)
 *   BYTE .. DOUBLE   1, 2, 2, 4, 8, 4, 8 bytes; NaN as the JDK's canonical one
 *   BIG_INTEGER  size, two's complement;   BIG_DECIMAL  scale, size, unscaled
 *   UUID         16 bytes;   BYTES  size, the bytes
 *   ENUM         class name and constant, each as a string
 *   RECORD       class name as a string, a byte with the number of components, the components
 *   OBJECT       the rest is a user's object by a Codec; never in a key
 * </pre>
 */
final class CanonicalTag {

    static final byte NULL = 0;
    static final byte LATIN1 = 1;
    static final byte UTF16 = 2;
    static final byte FALSE = 3;
    static final byte TRUE = 4;
    static final byte BYTE = 5;
    static final byte SHORT = 6;
    static final byte CHARACTER = 7;
    static final byte INTEGER = 8;
    static final byte LONG = 9;
    static final byte FLOAT = 10;
    static final byte DOUBLE = 11;
    static final byte BIG_INTEGER = 12;
    static final byte BIG_DECIMAL = 13;
    static final byte UUID = 14;
    static final byte BYTES = 15;
    static final byte ENUM = 16;
    static final byte RECORD = 17;
    static final byte OBJECT = 18;

    private CanonicalTag() {}
}
