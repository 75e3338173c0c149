package dev.procession.pool.worker;

import dev.procession.core.launch.LineMark;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Puts a {@link LineMark} before each line that a worker prints, so that the parent knows which
 * task the worker ran then. A line and its mark are one write, so a mark costs no system call.
 *
 * <p>The lock of the {@link PrintStream} around it guards it.
 */
final class MarkedLines extends OutputStream {

    private static final int BUFFER_BYTES = 8192;

    private static final int MARK_BYTES = LineMark.MAX_DIGITS + 2;

    private static final int RADIX = 10;

    private final PrintStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int count;
    private boolean lineBegun;

    private MarkedLines(PrintStream out) {
        this.out = out;
    }

    /** Marks all that this process prints from now on. */
    static void begin() {
        System.setOut(around(System.out, "stdout.encoding"));
        System.setErr(around(System.err, "stderr.encoding"));
    }

    /** Returns a stream of the encoding that the other one has. */
    private static PrintStream around(PrintStream out, String encoding) {
        String name = System.getProperty(encoding); // from JDK 19 on; before it is the default one
        Charset charset = name == null ? Charset.defaultCharset() : Charset.forName(name);
        return new PrintStream(new MarkedLines(out), true, charset);
    }

    @Override
    public void write(int b) {
        put((byte) b);
        pass();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            put(bytes[i]);
        }
        pass();
    }

    @Override
    public void flush() {
        out.flush();
    }

    private void put(byte next) {
        if (count + MARK_BYTES >= BUFFER_BYTES) {
            pass();
        }
        if (!lineBegun) {
            CurrentTask task = CurrentTask.get();
            mark(task == null ? 0 : task.taskId());
        }
        buffer[count++] = next;
        lineBegun = next != '\n';
    }

    private void mark(long task) {
        buffer[count++] = LineMark.START;
        int end = count;
        for (long rest = task; rest >= RADIX; rest /= RADIX) {
            end++;
        }
        long rest = task;
        for (int i = end; i >= count; i--) {
            buffer[i] = (byte) ('0' + rest % RADIX);
            rest /= RADIX;
        }
        count = end + 1;
        buffer[count++] = LineMark.END;
    }

    private void pass() {
        out.write(buffer, 0, count);
        count = 0;
    }
}
