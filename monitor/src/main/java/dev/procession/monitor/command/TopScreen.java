package dev.procession.monitor.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.snapshot.MachineSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/**
 * {@code top} in a terminal: draws on the alternate screen, and gives the terminal back as it was
 * however the command ends, but for SIGKILL.
 */
final class TopScreen {

    private static final long KEY_WAIT_MILLIS = 50;
    private static final String TITLE = "procession top  ";
    private static final String KEYS = " q quit  ↑↓ scroll  sort: ";

    private final Terminal terminal;
    private final Looks looks;
    private final long count;
    private final Keys keys;
    private final Display display;
    private final Changes changes = new Changes();
    private final Thread atEnd = new Thread(this::restore, "procession-top-end");

    private volatile boolean interrupted;
    private volatile boolean resized;

    private Looks.Look shown = new Looks.Look(0, null, null);
    private @Nullable MachineSnapshot machine;
    private Order order = Order.TASK;
    private int scrolled;
    private Size size = new Size();

    @GuardedBy("this")
    private @Nullable Attributes before;

    TopScreen(Terminal terminal, long delayNanos, long count) {
        this.terminal = terminal;
        this.looks = new Looks(delayNanos);
        this.count = count;
        this.keys = new Keys(terminal.reader());
        this.display = new Display(terminal, true);
    }

    /** Runs until the user ends it, the terminal is closed, or it has looked often enough. */
    void run() throws IOException {
        terminal.handle(Terminal.Signal.INT, signal -> interrupted = true);
        terminal.handle(Terminal.Signal.QUIT, signal -> interrupted = true);
        terminal.handle(Terminal.Signal.WINCH, signal -> resized = true);
        Runtime.getRuntime().addShutdownHook(atEnd);
        try {
            begin();
            resize();
            looks.start();
            boolean more = true;
            while (more && !interrupted) {
                more = step();
            }
        } finally {
            restore();
        }
    }

    private boolean step() throws IOException {
        boolean redraw = false;
        if (resized) {
            resized = false;
            resize();
            redraw = true;
        }
        Looks.Look look = looks.latest();
        if (look.number() != shown.number()) {
            shown = look;
            if (look.machine() != null) {
                machine = look.machine();
                changes.next(machine);
            }
            redraw = true;
        }
        if (redraw) {
            draw();
            if (count > 0 && shown.number() >= count) {
                return false;
            }
        }
        Keys.Key key = keys.next(KEY_WAIT_MILLIS);
        return key == Keys.Key.NONE || pressed(key);
    }

    private boolean pressed(Keys.Key key) {
        int page = Math.max(1, size.getRows() - 3);
        switch (key) {
            case QUIT -> {
                return false;
            }
            case UP -> scrolled--;
            case DOWN -> scrolled++;
            case PAGE_UP -> scrolled -= page;
            case PAGE_DOWN -> scrolled += page;
            case HOME -> scrolled = 0;
            case END -> scrolled = Integer.MAX_VALUE / 2;
            case SORT -> order = keys.order();
            default -> {
                // Another key changes nothing.
            }
        }
        draw();
        return true;
    }

    private void resize() {
        Size now = terminal.getSize();
        size = new Size(Math.max(20, now.getColumns()), Math.max(3, now.getRows()));
        display.resize(size.getRows(), size.getColumns());
        display.clear();
    }

    private void draw() {
        int width = size.getColumns();
        List<AttributedString> all = List.of();
        String title = TITLE;
        if (machine != null) {
            all = MachineView.lines(machine, width, changes, order);
            title += Summary.of(machine, changes);
        } else {
            title += shown.failure() == null ? "looking" : "";
        }
        if (shown.failure() != null) {
            title += "  " + Words.safe(shown.failure());
        }
        int room = size.getRows() - 2;
        scrolled = Math.max(0, Math.min(scrolled, all.size() - room));
        List<AttributedString> lines = new ArrayList<>();
        lines.add(bar(title, width));
        lines.addAll(all.subList(scrolled, Math.min(all.size(), scrolled + room)));
        while (lines.size() <= room) {
            lines.add(AttributedString.EMPTY);
        }
        lines.add(keyLine(all.size(), room, width));
        update(lines);
    }

    private static AttributedString bar(String text, int width) {
        String cut = Style.cut(text, width);
        return new AttributedString(cut + " ".repeat(width - Style.width(cut)), Style.BAR);
    }

    private AttributedString keyLine(int all, int room, int width) {
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.style(Style.TITLES).append(KEYS);
        for (Order one : Order.values()) {
            line.style(one == order ? AttributedStyle.BOLD : Style.TITLES);
            line.append(String.valueOf(one.key())).append(' ').append(one.title());
            line.style(Style.TITLES).append("  ");
        }
        if (all > room) {
            line.append(" ")
                    .append(String.valueOf(scrolled + 1))
                    .append("-")
                    .append(String.valueOf(Math.min(all, scrolled + room)))
                    .append(" of ")
                    .append(String.valueOf(all));
        }
        return Style.cut(line.toAttributedString(), width);
    }

    private synchronized void begin() {
        before = terminal.enterRawMode();
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    private synchronized void update(List<AttributedString> lines) {
        if (before != null) { // else the terminal was given back
            display.update(lines, -1);
        }
    }

    /** Gives the terminal back; does nothing from the second time on. */
    private synchronized void restore() {
        if (before == null) {
            return;
        }
        Attributes attributes = before;
        before = null;
        try {
            terminal.puts(Capability.cursor_normal);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
            terminal.setAttributes(attributes);
        } catch (RuntimeException | java.io.IOError e) {
            return; // the terminal was closed
        }
    }
}
