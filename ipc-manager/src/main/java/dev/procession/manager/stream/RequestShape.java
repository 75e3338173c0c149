package dev.procession.manager.stream;

import dev.procession.manager.wire.Bulk;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request and of the messages in it, as {@link RequestScan} has to know them before
 * anything is decoded. A test compares them with those of the protocol's own description.
 */
final class RequestShape {

    /** What a field has. */
    enum Field {
        /** A number, enum or flag, once. */
        NUMBER(0),
        /** Bytes, once. */
        BYTES(2),
        /** Text, once. */
        TEXT(2),
        /** A message, once. */
        MESSAGE(2),
        /** Bytes, any number of times. */
        VALUES(2),
        /** Any number of numbers, packed. */
        NUMBERS(2);

        private final int wireType;

        Field(int wireType) {
            this.wireType = wireType;
        }

        /** How it is encoded. */
        int wireType() {
            return wireType;
        }
    }

    /** No message has a field of a higher number. */
    static final int MAX_FIELD = 20;

    /** The message of each frame that a client sends after the handshake. */
    static final RequestShape REQUEST = request();

    private final @Nullable Field[] fields = new @Nullable Field[MAX_FIELD + 1];
    private final @Nullable RequestShape[] messages = new @Nullable RequestShape[MAX_FIELD + 1];

    /** How many values or numbers one field may have. */
    private final int maxEntries;

    private RequestShape(int maxEntries) {
        this.maxEntries = maxEntries;
    }

    /** Returns what a field has; null if there is no such field. */
    @Nullable Field field(long number) {
        return number > 0 && number <= MAX_FIELD ? fields[(int) number] : null;
    }

    /** Returns the shape of a field that is a message. */
    RequestShape message(long number) {
        return Objects.requireNonNull(messages[(int) number]);
    }

    int maxEntries() {
        return maxEntries;
    }

    private static RequestShape shape() {
        return new RequestShape(Bulk.MAX_ENTRIES);
    }

    private RequestShape with(Field field, int... numbers) {
        for (int number : numbers) {
            fields[number] = field;
        }
        return this;
    }

    private RequestShape numbers(int... numbers) {
        return with(Field.NUMBER, numbers);
    }

    private RequestShape bytes(int... numbers) {
        return with(Field.BYTES, numbers);
    }

    private RequestShape values(int... numbers) {
        return with(Field.VALUES, numbers);
    }

    private RequestShape message(int number, RequestShape message) {
        messages[number] = message;
        return with(Field.MESSAGE, number);
    }

    private static RequestShape request() {
        return shape().numbers(1, 2, 3, 5, 6, 7, 19)
                .with(Field.TEXT, 4)
                .message(8, stream())
                .message(9, shape())
                .message(10, collection())
                .message(11, dict())
                .message(12, list())
                .message(13, queue())
                .message(14, lock())
                .message(15, semaphore())
                .message(16, event())
                .message(17, barrier())
                .message(18, shape().message(1, shape().bytes(1)).message(2, shape().bytes(1)))
                .message(20, shape().with(Field.TEXT, 1));
    }

    private static RequestShape stream() {
        return shape().message(1, shape().numbers(1))
                .message(2, shape().numbers(1))
                .message(3, shape())
                .message(4, shape());
    }

    private static RequestShape collection() {
        return shape().message(1, shape())
                .message(2, shape())
                .message(3, shape().numbers(1, 2))
                .message(4, shape().numbers(1, 2))
                .message(5, shape().numbers(1));
    }

    private static RequestShape dict() {
        return shape().message(1, shape().bytes(1))
                .message(2, shape().bytes(1, 2).numbers(3, 4))
                .message(3, shape().bytes(1, 2).numbers(3, 4))
                .message(4, shape().bytes(1).numbers(2))
                .message(5, shape().bytes(1, 2).numbers(3))
                .message(6, shape().bytes(1, 3).numbers(2, 4))
                .message(7, shape().bytes(1, 2, 3).numbers(4))
                .message(8, shape().bytes(1, 2).numbers(3, 4))
                .message(9, shape().values(1))
                .message(10, shape().values(1, 2).numbers(3, 4))
                .message(11, shape().values(1))
                .message(12, shape().numbers(1).bytes(2))
                .message(13, shape().numbers(1))
                .message(14, shape().bytes(1))
                .message(15, shape().bytes(1).numbers(2));
    }

    /** What is added to a list at once appears at once, so only its memory is bounded. */
    private static RequestShape list() {
        RequestShape add = new RequestShape(Integer.MAX_VALUE).numbers(1, 3).values(2);
        RequestShape replace = new RequestShape(Integer.MAX_VALUE).numbers(1).values(2);
        return shape().message(1, shape().numbers(1))
                .message(2, shape().numbers(1, 3).bytes(2))
                .message(3, add)
                .message(4, shape().numbers(1, 2, 3))
                .message(5, replace)
                .message(6, shape().with(Field.NUMBERS, 1, 2).numbers(3));
    }

    private static RequestShape queue() {
        return shape().message(1, shape().bytes(1).numbers(2))
                .message(2, shape().numbers(1))
                .message(3, shape())
                .message(4, shape().numbers(1))
                .message(5, shape().numbers(1))
                .message(6, shape().numbers(1))
                .message(7, shape())
                .message(8, shape().numbers(1))
                .message(9, shape().with(Field.NUMBERS, 1))
                .message(10, shape().with(Field.NUMBERS, 1))
                .message(11, shape().numbers(1).bytes(2));
    }

    private static RequestShape lock() {
        return shape().message(1, shape().numbers(1, 2))
                .message(2, shape().numbers(1))
                .message(3, shape())
                .message(4, shape().numbers(1, 3).bytes(2))
                .message(5, shape().numbers(1, 3).bytes(2));
    }

    private static RequestShape semaphore() {
        return shape().message(1, shape().numbers(1, 2))
                .message(2, shape().numbers(1, 2, 3))
                .message(3, shape())
                .message(4, shape())
                .message(5, shape().numbers(1));
    }

    private static RequestShape event() {
        return shape().message(1, shape())
                .message(2, shape())
                .message(3, shape())
                .message(4, shape().numbers(1));
    }

    private static RequestShape barrier() {
        return shape().message(1, shape().numbers(1))
                .message(2, shape())
                .message(3, shape())
                .message(4, shape());
    }
}
