package dev.procession.monitor.command;

import java.io.IOException;
import org.jline.utils.NonBlockingReader;

/** The keys that {@code top} knows. */
final class Keys {

    /** A key, or none. */
    enum Key {
        /** No key was pressed in time. */
        NONE,
        /** A key without a meaning. */
        OTHER,
        QUIT,
        UP,
        DOWN,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        END,
        /** One that chooses an order: {@link Keys#order}. */
        SORT
    }

    private static final int ESCAPE = 27;
    private static final int CONTROL_C = 3;

    /** How long the rest of a key's sequence may take. */
    private static final long SEQUENCE_MILLIS = 50;

    private final NonBlockingReader reader;
    private Order order = Order.TASK;

    Keys(NonBlockingReader reader) {
        this.reader = reader;
    }

    /** Waits for a key, so long at most. The end of the terminal is {@link Key#QUIT}. */
    Key next(long millis) {
        try {
            int read = reader.read(millis);
            return switch (read) {
                case NonBlockingReader.READ_EXPIRED -> Key.NONE;
                case NonBlockingReader.EOF, CONTROL_C, 'q', 'Q' -> Key.QUIT;
                case ESCAPE -> sequence();
                case 'k' -> Key.UP;
                case 'j' -> Key.DOWN;
                case ' ' -> Key.PAGE_DOWN;
                case 'b' -> Key.PAGE_UP;
                case 'g' -> Key.HOME;
                case 'G' -> Key.END;
                default -> letter((char) read);
            };
        } catch (IOException e) {
            return Key.QUIT; // the terminal was closed
        }
    }

    /** Returns the order that was chosen last. */
    Order order() {
        return order;
    }

    private Key letter(char letter) {
        for (Order one : Order.values()) {
            if (one.key() == letter) {
                order = one;
                return Key.SORT;
            }
        }
        return Key.OTHER;
    }

    /** Reads {@code ESC [ A} or {@code ESC O A}, {@code ESC [ 5 ~} and the like. */
    private Key sequence() throws IOException {
        int second = reader.read(SEQUENCE_MILLIS);
        if (second != '[' && second != 'O') {
            return Key.OTHER;
        }
        int last = reader.read(SEQUENCE_MILLIS);
        int number = 0;
        while (Character.isDigit(last) || last == ';') {
            number = last == ';' ? number : Character.digit(last, 10);
            last = reader.read(SEQUENCE_MILLIS);
        }
        return switch (last) {
            case 'A' -> Key.UP;
            case 'B' -> Key.DOWN;
            case 'H' -> Key.HOME;
            case 'F' -> Key.END;
            case '~' ->
                    switch (number) {
                        case 1, 7 -> Key.HOME;
                        case 4, 8 -> Key.END;
                        case 5 -> Key.PAGE_UP;
                        case 6 -> Key.PAGE_DOWN;
                        default -> Key.OTHER;
                    };
            default -> Key.OTHER;
        };
    }
}
