package dev.procession.manager.wire;

import com.google.protobuf.ByteString;

/** How large the server's functions make a value: {@link Arithmetic} of canonical values. */
public final class MergedSize {

    /** What the digits of the largest difference of two scales take, and a carry. */
    private static final int SCALE_BYTES = 4200;

    private MergedSize() {}

    /**
     * Returns how many bytes two values have at most when they are merged. A string of Latin-1
     * takes two bytes for each character behind one of other characters; decimal numbers are
     * brought to one scale.
     */
    public static long most(ByteString old, ByteString given) {
        long both = (long) old.size() + given.size();
        if (old.isEmpty() || given.isEmpty()) {
            return both;
        }
        byte oldTag = old.byteAt(0);
        byte givenTag = given.byteAt(0);
        if (oldTag == CanonicalTag.BIG_DECIMAL && givenTag == CanonicalTag.BIG_DECIMAL) {
            return both + SCALE_BYTES;
        }
        return isString(oldTag) && isString(givenTag) && oldTag != givenTag ? 2 * both : both;
    }

    private static boolean isString(byte tag) {
        return tag == CanonicalTag.LATIN1 || tag == CanonicalTag.UTF16;
    }
}
