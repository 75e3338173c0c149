package dev.procession.core.launch;

import dev.procession.core.OutputLine;
import dev.procession.core.ProcessOutput;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.System.Logger.Level;
import java.nio.charset.Charset;

/** Reads one stream of a child to its end, also when the listener to its lines throws. */
final class OutputPump implements Runnable {

    private static final Log LOG = Log.of(OutputPump.class);

    private static final int MAX_LINE = 8192;

    private final InputStream in;
    private final String process;
    private final long pid;
    private final ProcessOutput.Stream stream;
    private final ProcessOutput output;
    private final OutputTail tail;
    private final ChildListener listener;
    private final StringBuilder line = new StringBuilder();

    /** Whether nothing of the current line was passed on, nor its mark taken away. */
    private boolean atStart = true;

    /** The task of the current line, by its mark. */
    private long task = ChildListener.UNKNOWN;

    private boolean outputFailed;

    OutputPump(
            InputStream in,
            ChildJvm child,
            ProcessOutput.Stream stream,
            ProcessOutput output,
            OutputTail tail,
            ChildListener listener) {
        this.in = in;
        this.process = child.name();
        this.pid = child.pid();
        this.stream = stream;
        this.output = output;
        this.tail = tail;
        this.listener = listener;
    }

    Thread start() {
        return ChildThread.start(process + "-" + stream, this);
    }

    @Override
    public void run() {
        char[] buffer = new char[MAX_LINE];
        try (Reader reader = new InputStreamReader(in, consoleCharset())) {
            int count;
            while ((count = reader.read(buffer)) >= 0) {
                for (int i = 0; i < count; i++) {
                    add(buffer[i]);
                }
            }
        } catch (IOException e) {
            // The JDK closes the stream under the reader when the process has ended.
            LOG.log(Level.DEBUG, "the output of {0} ended: {1}", process, e.toString());
        }
        if (line.length() > 0 && !(atStart && LineMark.isBegun(line))) {
            emit();
        }
    }

    private void add(char next) {
        if (next == '\n') {
            emit();
            atStart = true;
            task = ChildListener.UNKNOWN;
        } else if (next == LineMark.END && atStart && LineMark.task(line) >= 0) {
            task = LineMark.task(line);
            line.setLength(0);
            atStart = false;
        } else {
            if (line.length() == MAX_LINE) {
                emit();
                atStart = false;
            }
            line.append(next);
        }
    }

    private void emit() {
        if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        String text = line.toString();
        line.setLength(0);
        tail.add(text);
        try {
            OutputLine origin = new OutputLine(process, pid, stream, text, null, -1, 0, null);
            output.line(listener.printed(origin, task));
        } catch (RuntimeException e) {
            if (!outputFailed) {
                outputFailed = true;
                LOG.log(Level.WARNING, "the listener to the output of " + process + " threw", e);
            }
        }
    }

    private static Charset consoleCharset() {
        // The default encoding of a child's System.out.
        String name = System.getProperty("native.encoding");
        return name == null ? Charset.defaultCharset() : Charset.forName(name);
    }
}
