package dev.procession.samples;

import java.io.Console;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar that moves on a terminal; without one it prints a line from time to time. */
final class Progress implements AutoCloseable {

    private static final int WIDTH = 78;
    private static final int TERMINAL_INTERVAL_MILLIS = 100;
    private static final int LOG_INTERVAL_MILLIS = 5_000;

    private final ProgressBar bar;

    Progress(String title, int steps) {
        boolean terminal = isOnTerminal();
        bar =
                new ProgressBarBuilder()
                        .setTaskName(title)
                        .setInitialMax(steps)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(
                                terminal ? TERMINAL_INTERVAL_MILLIS : LOG_INTERVAL_MILLIS)
                        .setConsumer(terminal ? movingBar() : logLines())
                        .build();
    }

    /** Since JDK 22 a console may have no terminal; {@code isTerminal} returns whether it does. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isOnTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException older) {
            return true;
        }
    }

    private static ProgressBarConsumer movingBar() {
        return new ConsoleProgressBarConsumer(System.err, WIDTH);
    }

    private static ProgressBarConsumer logLines() {
        Consumer<String> line = text -> System.err.println(text.stripTrailing());
        return new DelegatingProgressBarConsumer(line, WIDTH);
    }

    void step() {
        bar.step();
    }

    @Override
    public void close() {
        bar.close();
    }
}
