package dev.procession.monitor.command;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.testing.Await;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** A terminal that a test can resize and read: tmux with one pane. */
final class Tmux implements AutoCloseable {

    private final Path directory;

    private Tmux(Path directory) {
        this.directory = directory;
    }

    /** Skips the test where there is no tmux. */
    static void assumeHere() {
        boolean here;
        try {
            Process version = new ProcessBuilder("tmux", "-V").start();
            here = version.waitFor() == 0;
        } catch (IOException e) {
            here = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        assumeTrue(here, "there is no tmux");
    }

    /** Opens a terminal that runs a script of the shell. */
    static Tmux open(Path directory, int columns, int rows, String script) throws Exception {
        Path file = Files.writeString(directory.resolve("script"), script);
        Tmux tmux = new Tmux(directory);
        tmux.tell(
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                Integer.toString(columns),
                "-y",
                Integer.toString(rows),
                "sh " + file);
        return tmux;
    }

    /** Runs a command of tmux; returns what it writes. */
    String tell(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("tmux", "-u", "-S", directory.resolve("s").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().remove("TMUX");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode;
        try {
            exitCode = process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while tmux ran");
        }
        if (exitCode != 0) {
            throw new IOException("tmux failed: " + List.of(arguments) + ": " + text);
        }
        return text;
    }

    void keys(String... keys) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("send-keys"));
        arguments.addAll(List.of(keys));
        tell(arguments.toArray(new String[0]));
    }

    void resize(int columns, int rows) throws IOException {
        tell("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows));
    }

    /** Returns the lines that the terminal shows. */
    List<String> lines() {
        try {
            return List.of(tell("capture-pane", "-p").split("\n", -1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until the terminal shows what is expected; returns its lines. */
    List<String> await(Predicate<List<String>> expected, String description) {
        AtomicReference<List<String>> last = new AtomicReference<>(List.of());
        Await.until(
                Await.PATIENCE,
                () -> {
                    last.set(lines());
                    return expected.test(last.get());
                },
                () -> description + ", but:\n" + String.join("\n", last.get()));
        return last.get();
    }

    /** Waits until the terminal shows a text. */
    List<String> await(String text) {
        return await(lines -> String.join("\n", lines).contains(text), "it shows " + text);
    }

    /** Closes the terminal, as its user may. */
    @Override
    public void close() throws IOException {
        if (Files.exists(directory.resolve("s"))) {
            try {
                tell("kill-server");
            } catch (IOException e) {
                // The script has ended, and the terminal with it.
            }
            Files.deleteIfExists(directory.resolve("s"));
        }
    }
}
