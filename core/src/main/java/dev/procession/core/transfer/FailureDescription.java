package dev.procession.core.transfer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The facts about an exception that every process can read, and their form in bytes:
 *
 * <pre>
 *   description := class name, text? message, text? toString,
 *                  short number of frames, frame*,
 *                  boolean has a cause, [description],
 *                  byte number of suppressed ones, description*
 *   frame       := class name, method, text? file, int line (negative if unknown, -2 if native)
 *   text?       := boolean is present, [text]
 * </pre>
 *
 * Texts are in the form of {@link DataOutputStream#writeUTF}. The writer cuts whatever exceeds the
 * bounds in this class, so a reader treats larger numbers as damage.
 *
 * @param className as {@link Class#getName} returns it; empty if unknown
 * @param message null if the exception has none, or its {@code getMessage} failed
 * @param text the result of {@code toString}; null if that failed
 * @param frames the stack trace, innermost first
 * @param cause its cause, or null
 * @param suppressed the suppressed ones
 */
record FailureDescription(
        String className,
        @Nullable String message,
        @Nullable String text,
        List<StackTraceElement> frames,
        @Nullable FailureDescription cause,
        List<FailureDescription> suppressed) {

    static final int DEEPEST = 32;
    static final int MOST_SUPPRESSED = 16;
    static final int MOST_FRAMES = 512;

    /** In characters, each of which takes three bytes at most; a text may have 65,535 bytes. */
    static final int LONGEST_TEXT = 16 * 1024;

    /** The description of an exception if only the name of its class is known. */
    static FailureDescription of(String className) {
        return new FailureDescription(className, null, null, List.of(), null, List.of());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(className);
        writeText(out, message);
        writeText(out, text);
        out.writeShort(frames.size());
        for (StackTraceElement frame : frames) {
            out.writeUTF(frame.getClassName());
            out.writeUTF(frame.getMethodName());
            writeText(out, frame.getFileName());
            out.writeInt(frame.getLineNumber());
        }
        out.writeBoolean(cause != null);
        if (cause != null) {
            cause.write(out);
        }
        out.writeByte(suppressed.size());
        for (FailureDescription each : suppressed) {
            each.write(out);
        }
    }

    static FailureDescription read(DataInputStream in) throws IOException {
        return read(in, 0);
    }

    private static FailureDescription read(DataInputStream in, int depth) throws IOException {
        check("depth", depth, DEEPEST);
        String className = in.readUTF();
        String message = readText(in);
        String text = readText(in);
        int count = check("frames", in.readUnsignedShort(), MOST_FRAMES);
        List<StackTraceElement> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(
                    new StackTraceElement(in.readUTF(), in.readUTF(), readText(in), in.readInt()));
        }
        FailureDescription cause = in.readBoolean() ? read(in, depth + 1) : null;
        int others = check("suppressed", in.readUnsignedByte(), MOST_SUPPRESSED);
        List<FailureDescription> suppressed = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            suppressed.add(read(in, depth + 1));
        }
        return new FailureDescription(className, message, text, frames, cause, suppressed);
    }

    private static void writeText(DataOutputStream out, @Nullable String value) throws IOException {
        out.writeBoolean(value != null);
        if (value != null) {
            out.writeUTF(value);
        }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    private static int check(String what, int value, int most) throws IOException {
        if (value > most) {
            throw new StreamCorruptedException(
                    "too many in the description of an exception: " + what + "=" + value);
        }
        return value;
    }
}
