package dev.procession.core.launch;

/**
 * What a worker writes before each line of its output: {@link #START}, the number of the task that
 * it runs, 0 for none, and {@link #END}. Two control characters that no text has, and digits, are
 * the same bytes in every encoding of a Linux system.
 *
 * <p>It is written together with what follows it. What only looks like the begin of a mark is text.
 */
public final class LineMark {

    /** Data link escape. */
    public static final char START = '\u0010';

    /** Device control one. */
    public static final char END = '\u0011';

    /** Numbers of tasks have 40 bits. */
    public static final int MAX_DIGITS = 13;

    private LineMark() {}

    /**
     * Returns the number in the mark at the begin of a line.
     *
     * @param line all that was read of the line, up to {@link #END} and without it
     * @return the number; {@link ChildListener#UNKNOWN} if it is no mark
     */
    static long task(CharSequence line) {
        return line.length() > 1 && isBegun(line)
                ? Long.parseLong(line, 1, line.length(), 10)
                : ChildListener.UNKNOWN;
    }

    /** Whether this is a mark without its end, as a process that was killed may leave it. */
    static boolean isBegun(CharSequence line) {
        int length = line.length();
        if (length == 0 || length > 1 + MAX_DIGITS || line.charAt(0) != START) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (line.charAt(i) < '0' || line.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
