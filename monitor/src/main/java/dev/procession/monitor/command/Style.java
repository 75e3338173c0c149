package dev.procession.monitor.command;

import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/** What the lines look like in a terminal, and how wide they are there. */
final class Style {

    static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
    static final AttributedStyle TITLES = AttributedStyle.DEFAULT.faint();
    static final AttributedStyle PROGRAM = AttributedStyle.BOLD;
    static final AttributedStyle BAR = AttributedStyle.INVERSE;
    static final AttributedStyle BAD =
            AttributedStyle.DEFAULT.foreground(AttributedStyle.RED).bold();
    static final AttributedStyle ODD = AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);

    private static final String CUT = "…";

    private Style() {}

    /** Returns how many columns a text takes. */
    static int width(String text) {
        return new AttributedString(text).columnLength();
    }

    /** Returns a text that takes no more columns than these. */
    static String cut(String text, int width) {
        return cut(new AttributedString(text), width).toString();
    }

    /** The same for a text with a style. */
    static AttributedString cut(AttributedString text, int width) {
        if (text.columnLength() <= width) {
            return text;
        }
        AttributedString begin = text.columnSubSequence(0, Math.max(0, width - 1));
        return AttributedString.join(
                AttributedString.EMPTY,
                begin,
                new AttributedString(CUT, text.styleAt(Math.max(0, begin.length() - 1))));
    }
}
