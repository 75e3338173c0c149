package dev.procession.monitor.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.utils.AttributedString;

/** Where the standard output leads: to a terminal of some width, or elsewhere. */
final class Screen {

    /** Where no terminal cuts the lines, they may be this long. */
    static final int UNBOUNDED = 1000;

    private static final Path OUTPUT = Path.of("/proc/self/fd/1");
    private static final int USUAL_WIDTH = 80;
    private static final int LEAST_WIDTH = 20;

    private Screen() {}

    /** True if the standard output is a terminal. */
    static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(OUTPUT).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // closed, or no such system
        }
    }

    /** Returns how wide lines may be. */
    static int width() throws InterruptedException {
        if (!isTerminal()) {
            return UNBOUNDED;
        }
        try {
            Process stty =
                    new ProcessBuilder("stty", "size").redirectInput(OUTPUT.toFile()).start();
            String size =
                    new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (stty.waitFor() == 0) {
                int width = Integer.parseInt(size.strip().split(" ", -1)[1]);
                return width == 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, width);
            }
        } catch (IOException | NumberFormatException e) {
            return USUAL_WIDTH; // there is no stty
        }
        return USUAL_WIDTH;
    }

    /** Returns a line as it is written: with colours for a terminal, else as plain text. */
    static String text(AttributedString line) {
        boolean colours = isTerminal() && System.getenv("NO_COLOR") == null;
        return (colours ? line.toAnsi() : line.toString()).stripTrailing();
    }
}
