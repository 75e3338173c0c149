package dev.procession.core.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines that a process printed to either stream, some 8 K characters. Thread-safe. */
final class OutputTail {

    private static final int MAX_CHARS = 8192;

    @GuardedBy("this")
    private final Deque<String> lines = new ArrayDeque<>();

    @GuardedBy("this")
    private int chars;

    synchronized void add(String line) {
        lines.addLast(line);
        chars += line.length() + 1;
        while (chars > MAX_CHARS && lines.size() > 1) {
            chars -= lines.removeFirst().length() + 1;
        }
    }

    synchronized String text() {
        return String.join("\n", lines);
    }
}
