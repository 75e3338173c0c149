package dev.procession.system;

import dev.procession.core.ChildProcess;
import dev.procession.queue.ProcessQueue;
import dev.procession.queue.QueueClosedException;
import java.nio.ByteBuffer;
import java.util.Random;

/** What the processes of a storm do. An element's id is its producer and a number. */
final class StormParts {

    private static final int NUMBER_BITS = 40;
    private static final int LARGE_BYTES = 40_000;

    private StormParts() {}

    static long id(int producer, long number) {
        return (long) producer << NUMBER_BITS | number;
    }

    static int producer(long id) {
        return (int) (id >>> NUMBER_BITS);
    }

    static long number(long id) {
        return id & ((1L << NUMBER_BITS) - 1);
    }

    /** Puts elements and writes down each that was put. */
    static ChildProcess.Body producer(
            ProcessQueue<byte[]> queue, ProcessQueue<Integer> halt, int producer, String ledger) {
        return () -> {
            Random random = new Random(producer);
            try (StormLedger book = new StormLedger(ledger)) {
                for (long number = 0; !halt.isClosed(); number++) {
                    long id = id(producer, number);
                    int size = random.nextInt(40) == 0 ? LARGE_BYTES : 32;
                    queue.put(ByteBuffer.allocate(size).putLong(id).putLong(size - 8, id).array());
                    book.write(id);
                }
            }
        };
    }

    /** Takes elements and writes down each that was taken. */
    static ChildProcess.Body consumer(ProcessQueue<byte[]> queue, String ledger) {
        return () -> {
            try (StormLedger book = new StormLedger(ledger)) {
                while (true) {
                    book.write(check(queue.take()));
                }
            } catch (QueueClosedException e) {
                return; // all was taken
            }
        };
    }

    /** The id of an element, which stands at both of its ends. */
    static long check(byte[] element) {
        ByteBuffer bytes = ByteBuffer.wrap(element);
        long id = bytes.getLong(0);
        if (bytes.getLong(element.length - Long.BYTES) != id) {
            throw new IllegalStateException("an element is torn: id=" + id);
        }
        return id;
    }
}
