package dev.procession.bench.rival.queue;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.core.ChildProcess;
import dev.procession.queue.ProcessQueue;
import dev.procession.queue.QueueClosedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** 32 bytes at a time from producer processes to consumer processes, in elements per second. */
public final class QueueFlowRival implements Rival {

    private static final int CAPACITY = 1024;
    private static final int ELEMENT_BYTES = 32;
    private static final int BATCH = 256;
    private static final double NANOS_PER_SECOND = 1e9;

    private final String name;
    private final int parties;
    private final boolean batches;
    private final List<ChildProcess<?>> children = new ArrayList<>();
    private @Nullable ProcessQueue<byte[]> queue;
    private @Nullable ProcessQueue<Integer> orders;
    private @Nullable ProcessQueue<Integer> needs;
    private @Nullable ProcessQueue<Integer> counts;

    /**
     * A flow.
     *
     * @param parties the number of producers, and of consumers
     * @param batches whether producers put by putAll and consumers take by drainTo
     */
    public QueueFlowRival(String name, int parties, boolean batches) {
        this.name = name;
        this.parties = parties;
        this.batches = batches;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        ProcessQueue<byte[]> flow = ProcessQueue.create(CAPACITY);
        ProcessQueue<Integer> amounts = ProcessQueue.create(parties);
        ProcessQueue<Integer> shares = ProcessQueue.create(parties);
        ProcessQueue<Integer> taken = ProcessQueue.create(parties);
        boolean byBatch = batches;
        for (int i = 0; i < parties; i++) {
            children.add(Children.builder().start(() -> produce(flow, amounts, byBatch)));
            children.add(Children.builder().start(() -> consume(flow, shares, taken, byBatch)));
        }
        queue = flow;
        orders = amounts;
        needs = shares;
        counts = taken;
    }

    private static void produce(
            ProcessQueue<byte[]> queue, ProcessQueue<Integer> orders, boolean byBatch)
            throws InterruptedException {
        byte[] element = new byte[ELEMENT_BYTES];
        try {
            while (true) {
                int remaining = orders.take();
                for (; byBatch && remaining >= BATCH; remaining -= BATCH) {
                    queue.putAll(Collections.nCopies(BATCH, element));
                }
                for (; remaining > 0; remaining--) {
                    queue.put(element);
                }
            }
        } catch (QueueClosedException e) {
            return; // no more orders
        }
    }

    /** Each consumer has a share, so that a quick one does not take the elements of another. */
    private static void consume(
            ProcessQueue<byte[]> queue,
            ProcessQueue<Integer> shares,
            ProcessQueue<Integer> counts,
            boolean byBatch)
            throws InterruptedException {
        try {
            while (true) {
                int share = shares.take();
                for (int remaining = share; remaining > 0; ) {
                    remaining -= byBatch ? takeSome(queue, remaining) : takeOne(queue);
                }
                counts.put(share);
            }
        } catch (QueueClosedException e) {
            return; // no more shares
        }
    }

    private static int takeOne(ProcessQueue<byte[]> queue) throws InterruptedException {
        if (queue.take().length != ELEMENT_BYTES) {
            throw new IllegalStateException("a wrong element");
        }
        return 1;
    }

    private static int takeSome(ProcessQueue<byte[]> queue, int most) throws InterruptedException {
        Collection<byte[]> batch = new ArrayList<>(BATCH);
        int count = queue.drainTo(batch, Math.min(BATCH, most));
        return count > 0 ? count : takeOne(queue);
    }

    @Override
    public Figure measure(int amount) throws InterruptedException {
        if (orders == null || needs == null || counts == null) {
            throw new IllegalStateException("not open");
        }
        int share = amount / parties;
        long start = System.nanoTime();
        for (int i = 0; i < parties; i++) {
            needs.put(share);
            orders.put(share);
        }
        int arrived = 0;
        for (int i = 0; i < parties; i++) {
            arrived += counts.take();
        }
        long nanos = System.nanoTime() - start;
        if (arrived != share * parties) {
            throw new IllegalStateException("elements are missing: arrived=" + arrived);
        }
        return Figure.of(arrived * NANOS_PER_SECOND / nanos);
    }

    @Override
    public void close() throws InterruptedException {
        for (ProcessQueue<?> used : new ProcessQueue<?>[] {orders, needs, queue, counts}) {
            if (used != null) {
                used.close();
            }
        }
        for (ChildProcess<?> child : children) {
            child.join();
            child.close();
        }
    }
}
