package dev.procession.core.codec;

/**
 * The bytes that start a value in the standard codec's format. A message is one value. A tag is
 * never reused for another meaning. Numbers are big-endian; a {@code size} is a variable-length
 * integer of up to five bytes, seven bits each, lowest first.
 *
 * <pre>
 * NULL, FALSE, TRUE
 * BYTE       1 byte          SHORT      2 bytes        CHARACTER  2 bytes
 * INTEGER    4 bytes         FLOAT      4 bytes        LONG, DOUBLE  8 bytes
 * LATIN1     size, a byte for each character
 * UTF16      size in characters, two bytes for each, unpaired surrogates included
 * BYTES      size, the bytes of a byte[]
 * STREAM     4 bytes of length, a Java object stream with one object
 * LAMBDA     8 bytes of hash, size, the fixed part (see {@link LambdaShape}),
 *            size, that many captured arguments: values or SHARED,
 *            and if any is SHARED: a STREAM of an Object[] with those, in order
 * SHARED     only as a captured argument
 * RECORD     8 bytes of hash, size, the fixed part (see {@link RecordShape}),
 *            the components: values
 * INTS       size, 4 bytes for each number of an int[]
 * LONGS, DOUBLES  size, 8 bytes for each number of a long[] or double[]
 * </pre>
 */
final class Tag {

    static final byte NULL = 1;
    static final byte FALSE = 2;
    static final byte TRUE = 3;
    static final byte BYTE = 4;
    static final byte SHORT = 5;
    static final byte CHARACTER = 6;
    static final byte INTEGER = 7;
    static final byte LONG = 8;
    static final byte FLOAT = 9;
    static final byte DOUBLE = 10;
    static final byte LATIN1 = 11;
    static final byte UTF16 = 12;
    static final byte BYTES = 13;
    static final byte STREAM = 14;
    static final byte LAMBDA = 15;
    static final byte SHARED = 16;
    static final byte RECORD = 17;
    static final byte INTS = 18;
    static final byte LONGS = 19;
    static final byte DOUBLES = 20;

    private Tag() {}

    /** True for the values that refer to no other values: NULL to BYTES. */
    static boolean isPlain(byte tag) {
        return tag >= NULL && tag <= BYTES;
    }
}
