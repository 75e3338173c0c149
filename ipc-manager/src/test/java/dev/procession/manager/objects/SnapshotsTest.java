package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.proto.Request;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.FrameWriter;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerFailure;
import dev.procession.manager.stream.ServerNumbers;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Iterations that their clients do not continue. The loop's time is the test's. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotsTest extends WithServer {

    private static final class Iteration extends OpenSnapshot {
        Iteration(long number, Client client) {
            super(number, client);
        }

        @Override
        boolean keepsContent() {
            return false;
        }

        @Override
        int release(int most) {
            return 0;
        }
    }

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private Client client;
    private Client other;
    private Snapshots<Iteration> snapshots;
    private Snapshots<Iteration> ofOther;
    private long nanos;

    @BeforeEach
    void start() {
        channel.freezeTime();
        client = client(1);
        other = client(2);
        ServerFailure failure = new ServerFailure(null, null, () -> {});
        LoopTasks tasks =
                new LoopTasks(
                        channel.eventLoop(),
                        new FrameWriter(channel.eventLoop(), null, failure),
                        server.stats(),
                        failure);
        IterationRoom room = new IterationRoom(tasks, server.stats(), server.services().bounds());
        ServerNumbers numbers = new ServerNumbers(1, 1);
        snapshots = new Snapshots<>(tasks, room, () -> nanos, numbers);
        ofOther = new Snapshots<>(tasks, room, () -> nanos, numbers);
    }

    @AfterEach
    void stop() {
        Object unused = channel.close();
    }

    private Iteration open(Client of) {
        return open(snapshots, of);
    }

    private static Iteration open(Snapshots<Iteration> ofCollection, Client of) {
        Iteration iteration = new Iteration(ofCollection.nextNumber(), of);
        ofCollection.add(iteration);
        return iteration;
    }

    private void pass(long minutes) {
        nanos += TimeUnit.MINUTES.toNanos(minutes);
        channel.advanceTimeBy(minutes, TimeUnit.MINUTES);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private boolean goesOn(Iteration iteration, Client of) {
        Call call = new Call(of.stream(), Request.getDefaultInstance(), 0);
        return snapshots.next(call, iteration.number()) == iteration;
    }

    @Test
    void shouldEndIterationsThatAreNotContinued() {
        Iteration idle = open(client);
        pass(Snapshots.IDLE_MINUTES - 1);
        Iteration used = open(client);
        assertThat(snapshots.all()).containsExactly(idle, used);
        pass(1);
        assertThat(snapshots.all()).containsExactly(used);
        assertThat(goesOn(idle, client)).isFalse();
        for (int i = 0; i < 5; i++) {
            assertThat(goesOn(used, client)).isTrue();
            pass(Snapshots.IDLE_MINUTES - 1);
        }
        pass(1);
        assertThat(snapshots.all()).isEmpty();
        Iteration next = open(client);
        pass(Snapshots.IDLE_MINUTES);
        assertThat(goesOn(next, client)).isFalse();
    }

    @Test
    void shouldContinueIterationsForTheirClientsAlone() {
        Iteration iteration = open(client);
        assertThat(goesOn(iteration, other)).isFalse();
        assertThat(goesOn(iteration, client)).isTrue();
        snapshots.clientEnded(other);
        assertThat(snapshots.all()).hasSize(1);
        snapshots.clientEnded(client);
        assertThat(snapshots.all()).isEmpty();
    }

    @Test
    void shouldEndTheIdlestOfAClientThatBeginsTooMany() {
        Iteration oldest = open(other);
        Iteration first = open(client);
        Iteration second = open(client);
        for (int i = 2; i < 256; i++) {
            open(client);
        }
        assertThat(goesOn(first, client)).isTrue();
        open(client);
        assertThat(snapshots.all()).hasSize(257).contains(oldest, first).doesNotContain(second);
    }

    /** Many small dicts would let a client have as many times more. */
    @Test
    void shouldEndTheIdlestOfAllCollections() {
        Iteration first = open(ofOther, client);
        for (int i = 1; i < 256; i++) {
            open(client);
        }
        assertThat(ofOther.all()).containsExactly(first);
        open(client);
        assertThat(ofOther.all()).isEmpty();
        assertThat(snapshots.all()).hasSize(256);
    }

    @Test
    void shouldEndTheIdlestOfAClientWithMostRatherThanRefuseANewOne() {
        Iteration oldest = open(other);
        Iteration oldestOfMany = null;
        int number = 3;
        int left = IterationRoom.MAX_OPEN - 1;
        for (int each = 200; left > 0; each = 199) { // one has more than the others
            Client of = client(number++);
            for (int i = 0; i < each && left > 0; i++, left--) {
                Iteration opened = open(of);
                oldestOfMany = oldestOfMany == null ? opened : oldestOfMany;
            }
        }
        assertThat(snapshots.all()).hasSize(IterationRoom.MAX_OPEN).contains(oldest, oldestOfMany);
        Iteration newest = open(client);
        assertThat(snapshots.all())
                .hasSize(IterationRoom.MAX_OPEN)
                .contains(oldest, newest)
                .doesNotContain(oldestOfMany);
    }
}
