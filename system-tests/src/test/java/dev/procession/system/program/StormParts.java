package dev.procession.system.program;

import dev.procession.core.ChildProcess;
import dev.procession.queue.Lease;
import dev.procession.queue.ProcessQueue;
import dev.procession.queue.QueueClosedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The code of the processes in a storm. An element's id is its producer and a number. */
public final class StormParts {

    private static final int NUMBER_BITS = 40;
    private static final int LARGE_BYTES = 40_000;
    private static final int REMOVAL_EVERY = 50;
    private static final int REMOVAL_DEPTH = 20;

    /** In a ledger: the element was removed from the middle, so its order does not count. */
    public static final long REMOVED = 1L << 62;

    /** In a ledger: the element was acknowledged. */
    public static final long DONE = 1L << 61;

    /**
     * In a ledger: the element is about to be acknowledged, so it may be acknowledged even if
     * nothing follows.
     */
    public static final long ABOUT = 1L << 60;

    private StormParts() {}

    public static long id(int producer, long number) {
        return (long) producer << NUMBER_BITS | number;
    }

    public static int producer(long id) {
        return (int) (id >>> NUMBER_BITS);
    }

    public static long number(long id) {
        return id & ((1L << NUMBER_BITS) - 1);
    }

    /** Puts elements in batches, and records each element that was put. */
    public static ChildProcess.Body producer(
            ProcessQueue<byte[]> queue,
            ProcessQueue<Integer> halt,
            int producer,
            int batch,
            String ledger) {
        return () -> {
            Random random = new Random(producer);
            try (StormLedger book = new StormLedger(ledger)) {
                for (long number = 0; !halt.isClosed(); number += batch) {
                    List<byte[]> elements = new ArrayList<>(batch);
                    for (int i = 0; i < batch; i++) {
                        int size = random.nextInt(40) == 0 ? LARGE_BYTES : 32;
                        elements.add(element(id(producer, number + i), size));
                    }
                    if (batch == 1) {
                        queue.put(elements.get(0));
                    } else {
                        queue.putAll(elements);
                    }
                    for (int i = 0; i < batch; i++) {
                        book.write(id(producer, number + i));
                    }
                }
            }
        };
    }

    private static byte[] element(long id, int size) {
        return ByteBuffer.allocate(size).putLong(id).putLong(size - Long.BYTES, id).array();
    }

    /** Takes elements, up to {@code batch} at once, and records each of them. */
    public static ChildProcess.Body drainer(ProcessQueue<byte[]> queue, int batch, String ledger) {
        return () -> {
            try (StormLedger book = new StormLedger(ledger)) {
                List<byte[]> elements = new ArrayList<>(batch);
                while (true) {
                    if (queue.drainTo(elements, batch) == 0) {
                        elements.add(queue.take());
                    }
                    for (byte[] element : elements) {
                        book.write(check(element));
                    }
                    elements.clear();
                }
            } catch (QueueClosedException e) {
                return; // all elements were taken
            }
        };
    }

    /** Takes elements, now and then removes one from the middle, and records each of them. */
    public static ChildProcess.Body consumer(ProcessQueue<byte[]> queue, String ledger, int seed) {
        return () -> {
            Random random = new Random(seed);
            try (StormLedger book = new StormLedger(ledger)) {
                while (true) {
                    if (random.nextInt(REMOVAL_EVERY) == 0) {
                        long removed = removeOne(queue, random.nextInt(REMOVAL_DEPTH));
                        if (removed >= 0) {
                            book.write(removed | REMOVED);
                        }
                    }
                    book.write(check(queue.take()));
                }
            } catch (QueueClosedException e) {
                return; // all elements were taken
            }
        };
    }

    /** The id of the element that was removed from this place; -1 if it was gone before. */
    private static long removeOne(ProcessQueue<byte[]> queue, int place) {
        AtomicInteger seen = new AtomicInteger();
        AtomicLong id = new AtomicLong();
        boolean removed =
                queue.removeIf(
                        element -> {
                            if (seen.getAndIncrement() != place) {
                                return false;
                            }
                            id.set(check(element));
                            return true;
                        });
        return removed ? id.get() : -1;
    }

    /**
     * Leases elements, and records each when it receives it, before it acknowledges it, and once
     * more afterwards.
     */
    public static ChildProcess.Body leaser(ProcessQueue<byte[]> queue, String ledger) {
        return () -> {
            try (StormLedger book = new StormLedger(ledger)) {
                while (true) {
                    Lease<byte[]> lease = queue.takeLeased();
                    long id = check(lease.element());
                    book.write(id);
                    book.write(id | ABOUT);
                    lease.acknowledge();
                    book.write(id | DONE);
                }
            } catch (QueueClosedException e) {
                return; // all elements were taken
            }
        };
    }

    /** The id of an element, which stands at both of its ends. */
    public static long check(byte[] element) {
        ByteBuffer bytes = ByteBuffer.wrap(element);
        long id = bytes.getLong(0);
        if (bytes.getLong(element.length - Long.BYTES) != id) {
            throw new IllegalStateException("an element is torn: id=" + id);
        }
        return id;
    }
}
