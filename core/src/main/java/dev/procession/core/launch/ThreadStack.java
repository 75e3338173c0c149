package dev.procession.core.launch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one thread of a child was doing at one moment, and its form in bytes:
 *
 * <pre>
 *   boolean is there, [text: why not]
 *   long work, text thread, text state, text lock, int omitted, short above,
 *   short number of frames, frame*
 *   frame := text class, text method, text file (empty if unknown), int line,
 *            byte number of locks, text*
 * </pre>
 *
 * Texts are in the form of {@link DataOutputStream#writeUTF}.
 *
 * @param work the id of the work that the thread was doing; 0 if none
 * @param thread the thread's name
 * @param state its state
 * @param lock what it waits for, and who holds that; empty if it waits for nothing
 * @param frames its frames, innermost first, without those that were left out
 * @param above how many frames come before those that were left out
 * @param omitted how many frames were left out in the middle
 */
public record ThreadStack(
        long work,
        String thread,
        Thread.State state,
        String lock,
        List<Frame> frames,
        int above,
        int omitted) {

    /** The most bytes that {@link #toBytes} returns. */
    public static final int MAX_BYTES = (1 << 16) - 1024;

    /** A quarter of the frames of a deep stack that are kept are the outermost ones. */
    private static final int MAX_FRAMES = 256;

    private static final int LONGEST_TEXT = 512;
    private static final int MAX_LOCKS = 8;

    /**
     * One call.
     *
     * @param element where it is
     * @param locks the monitors that were taken in it and are held
     */
    public record Frame(StackTraceElement element, List<String> locks) {}

    /** Copies the lists. */
    public ThreadStack {
        frames = List.copyOf(frames);
    }

    /** Returns the frames as those of an exception. */
    public StackTraceElement[] trace() {
        StackTraceElement[] trace = new StackTraceElement[frames.size()];
        for (int i = 0; i < trace.length; i++) {
            trace[i] = frames.get(i).element();
        }
        return trace;
    }

    /** Returns state and lock: {@code BLOCKED on java.lang.Object@1b2c held by "other"}. */
    public String condition() {
        return lock.isEmpty() ? state.name() : state + " on " + lock;
    }

    /** Returns it as a thread dump shows a thread, without a line break at the end. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append('"').append(thread).append("\" ").append(condition());
        for (int i = 0; i < frames.size(); i++) {
            if (i == above && omitted > 0) {
                text.append("\n\t... ").append(omitted).append(" frames are left out ...");
            }
            text.append("\n\tat ").append(frames.get(i).element());
            for (String held : frames.get(i).locks()) {
                text.append("\n\t- locked ").append(held);
            }
        }
        return text.toString();
    }

    /** Returns it in bytes; a stack that is too deep is cut in the middle until it fits. */
    byte[] toBytes() {
        for (int most = MAX_FRAMES; true; most /= 2) {
            byte[] bytes = cut(most).encode();
            if (bytes.length <= MAX_BYTES) {
                return bytes;
            }
        }
    }

    private ThreadStack cut(int most) {
        int all = frames.size();
        if (all <= most) {
            return this;
        }
        int below = most / 4;
        int kept = most - below;
        List<Frame> some = new ArrayList<>(frames.subList(0, kept));
        some.addAll(frames.subList(all - below, all));
        return new ThreadStack(work, thread, state, lock, some, kept, omitted + all - most);
    }

    private byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeBoolean(true);
            out.writeLong(work);
            writeText(out, thread);
            writeText(out, state.name());
            writeText(out, lock);
            out.writeInt(omitted);
            out.writeShort(above);
            out.writeShort(frames.size());
            for (Frame frame : frames) {
                write(out, frame);
            }
        } catch (IOException e) {
            throw new AssertionError("an array accepts all bytes", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Frame frame) throws IOException {
        StackTraceElement element = frame.element();
        writeText(out, element.getClassName());
        writeText(out, element.getMethodName());
        writeText(out, element.getFileName());
        out.writeInt(element.getLineNumber());
        List<String> locks = frame.locks();
        int count = Math.min(MAX_LOCKS, locks.size());
        out.writeByte(count);
        for (String held : locks.subList(0, count)) {
            writeText(out, held);
        }
    }

    /** Returns the answer of a child that could not make one. */
    static byte[] unavailable(String reason) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeBoolean(false);
            writeText(out, reason);
        } catch (IOException e) {
            throw new AssertionError("an array accepts all bytes", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a child's answer.
     *
     * @throws IOException if the child could not read its thread's stack, or the bytes are damaged
     */
    public static ThreadStack decode(byte[] answer) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(answer));
        if (!in.readBoolean()) {
            throw new IOException("the process cannot read its thread's stack: " + in.readUTF());
        }
        long work = in.readLong();
        String thread = in.readUTF();
        Thread.State state = state(in.readUTF());
        String lock = in.readUTF();
        int omitted = in.readInt();
        int above = in.readUnsignedShort();
        int count = check("frames", in.readUnsignedShort(), MAX_FRAMES);
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(readFrame(in));
        }
        return new ThreadStack(work, thread, state, lock, frames, above, omitted);
    }

    private static Frame readFrame(DataInputStream in) throws IOException {
        String className = in.readUTF();
        String method = in.readUTF();
        String file = in.readUTF();
        StackTraceElement element =
                new StackTraceElement(
                        className, method, file.isEmpty() ? null : file, in.readInt());
        int count = check("locks", in.readUnsignedByte(), MAX_LOCKS);
        List<String> locks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            locks.add(in.readUTF());
        }
        return new Frame(element, locks);
    }

    private static Thread.State state(String name) throws IOException {
        try {
            return Thread.State.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new StreamCorruptedException("not the stack of a thread: state=" + name);
        }
    }

    private static int check(String what, int value, int most) throws IOException {
        if (value > most) {
            throw new StreamCorruptedException(
                    "not the stack of a thread: " + what + "=" + value + ", most=" + most);
        }
        return value;
    }

    private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
        String known = text == null ? "" : text;
        out.writeUTF(
                known.length() <= LONGEST_TEXT ? known : known.substring(0, LONGEST_TEXT) + "…");
    }
}
