package dev.procession.monitor.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * A table of text. Where it is wider than the terminal, its flexible column is cut first, and then
 * the columns that matter least are left out.
 */
final class Table {

    private static final String GAP = "  ";
    private static final int NARROWEST = 12;

    /**
     * A column.
     *
     * @param title its title
     * @param right whether it is aligned to the right
     * @param flexible whether it may be cut
     * @param rank 0 if it always stays; the greater, the earlier it is left out
     * @param width how wide it is at least, so that it seldom moves
     */
    record Column(String title, boolean right, boolean flexible, int rank, int width) {

        static Column number(String title, int rank, int width) {
            return new Column(title, true, false, rank, width);
        }

        static Column text(String title, int rank, int width) {
            return new Column(title, false, false, rank, width);
        }

        static Column flexible(String title, int width) {
            return new Column(title, false, true, 0, width);
        }
    }

    private record Row(AttributedStyle style, String[] cells) {}

    private final Column[] columns;
    private final List<Row> rows = new ArrayList<>();

    Table(Column... columns) {
        this.columns = columns;
    }

    void add(AttributedStyle style, String... cells) {
        rows.add(new Row(style, Arrays.stream(cells).map(Words::safe).toArray(String[]::new)));
    }

    /** Returns the lines, the titles first; none of them is wider than the width. */
    List<AttributedString> lines(String indent, int width) {
        int[] widths = widths(width - indent.length());
        List<AttributedString> lines = new ArrayList<>();
        String[] titles = Arrays.stream(columns).map(Column::title).toArray(String[]::new);
        lines.add(line(indent, new Row(Style.TITLES, titles), widths));
        for (Row row : rows) {
            lines.add(line(indent, row, widths));
        }
        return lines;
    }

    /** Returns the width of each column; 0 for one that is left out. */
    private int[] widths(int room) {
        int[] widths = new int[columns.length];
        for (int i = 0; i < columns.length; i++) {
            widths[i] = Math.max(columns[i].width(), columns[i].title().length());
            for (Row row : rows) {
                widths[i] = Math.max(widths[i], Style.width(row.cells[i]));
            }
        }
        while (sum(widths) > room) {
            int excess = sum(widths) - room;
            int flexible = flexible();
            if (flexible >= 0 && widths[flexible] > NARROWEST) {
                widths[flexible] = Math.max(NARROWEST, widths[flexible] - excess);
            } else if (!leaveOut(widths)) {
                break; // the lines are cut
            }
        }
        return widths;
    }

    private int flexible() {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].flexible()) {
                return i;
            }
        }
        return -1;
    }

    private boolean leaveOut(int[] widths) {
        int last = -1;
        for (int i = 0; i < columns.length; i++) {
            if (widths[i] > 0
                    && columns[i].rank() > 0
                    && (last < 0 || columns[i].rank() > columns[last].rank())) {
                last = i;
            }
        }
        if (last < 0) {
            return false;
        }
        widths[last] = 0;
        return true;
    }

    private static int sum(int[] widths) {
        int sum = 0;
        for (int width : widths) {
            sum += width == 0 ? 0 : width + GAP.length(); // 0: it is left out, or has nothing
        }
        return sum - GAP.length();
    }

    private AttributedString line(String indent, Row row, int[] widths) {
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.append(indent).style(row.style);
        String gap = "";
        for (int i = 0; i < columns.length; i++) {
            if (widths[i] == 0) {
                continue;
            }
            String cell = Style.cut(row.cells[i], widths[i]);
            String blanks = " ".repeat(widths[i] - Style.width(cell));
            line.append(gap);
            line.append(columns[i].right() ? blanks + cell : cell + blanks);
            gap = GAP;
        }
        return line.toAttributedString();
    }
}
