package dev.procession.bench.rival.queue;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.bench.rival.RivalNames;
import dev.procession.core.ChildProcess;
import dev.procession.queue.ProcessQueue;
import dev.procession.queue.QueueClosedException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** 32 bytes by a queue to a child process, and back by another one: in microseconds. */
public final class QueueEchoRival implements Rival {

    private static final int CAPACITY = 16;
    private static final int ELEMENT_BYTES = 32;

    private @Nullable ProcessQueue<byte[]> there;
    private @Nullable ProcessQueue<byte[]> back;
    private @Nullable ChildProcess<Void> child;

    @Override
    public String name() {
        return RivalNames.PROCESSION;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        ProcessQueue<byte[]> requests = ProcessQueue.create(CAPACITY);
        ProcessQueue<byte[]> answers = ProcessQueue.create(CAPACITY);
        child = Children.builder().start(() -> echo(requests, answers));
        there = requests;
        back = answers;
    }

    private static void echo(ProcessQueue<byte[]> requests, ProcessQueue<byte[]> answers)
            throws InterruptedException {
        try {
            while (true) {
                answers.put(requests.take());
            }
        } catch (QueueClosedException e) {
            return; // no more requests
        }
    }

    @Override
    public Figure measure(int amount) throws Exception {
        ProcessQueue<byte[]> requests = there;
        ProcessQueue<byte[]> answers = back;
        if (requests == null || answers == null) {
            throw new IllegalStateException("not open");
        }
        byte[] element = new byte[ELEMENT_BYTES];
        return Latencies.of(
                amount,
                number -> {
                    element[0] = (byte) number;
                    requests.put(element);
                    if (!Arrays.equals(element, answers.take())) {
                        throw new IllegalStateException("a wrong answer");
                    }
                });
    }

    @Override
    public void close() throws InterruptedException {
        if (there != null && back != null && child != null) {
            there.close();
            child.join();
            child.close();
            back.close();
        }
    }
}
