package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.ConditionAwait;
import dev.procession.manager.proto.ConditionSignal;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockIsLocked;
import dev.procession.manager.proto.LockRelease;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.ObjectFixture;
import dev.procession.manager.stream.ServerNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lock whose waiters give up. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockObjectTest {

    private static final ByteString CONDITION = ByteString.copyFromUtf8("c");

    private final ObjectFixture fixture = new ObjectFixture();
    private final ObjectFixture.Peer owner = fixture.new Peer();
    private final ObjectFixture.Peer waiting = fixture.new Peer();
    private final ObjectFixture.Peer last = fixture.new Peer();

    LockObjectTest() {
        fixture.use(new LockObject(new ServerNumbers(1, 1)));
    }

    private static Request.Builder request(LockRequest.Builder body) {
        return Request.newBuilder().setKind(Kind.LOCK).setName("l").setLock(body);
    }

    private static Request.Builder acquire(long thread, long nanos) {
        return request(
                LockRequest.newBuilder()
                        .setAcquire(
                                LockAcquire.newBuilder().setThread(thread).setWaitNanos(nanos)));
    }

    private static Request.Builder release(long thread) {
        return request(
                LockRequest.newBuilder().setRelease(LockRelease.newBuilder().setThread(thread)));
    }

    private static Request.Builder await(long thread) {
        return request(
                LockRequest.newBuilder()
                        .setAwait(
                                ConditionAwait.newBuilder()
                                        .setThread(thread)
                                        .setCondition(CONDITION)
                                        .setWaitNanos(-1)));
    }

    private static ConditionSignal signal(long thread) {
        return ConditionSignal.newBuilder()
                .setThread(thread)
                .setCondition(CONDITION)
                .setMaxWaiters(1)
                .build();
    }

    private static void requireOk(Response answer) {
        assertThat(answer.getStatus()).isEqualTo(Status.OK);
    }

    /** Has threads of one client wait for the condition; returns their requests. */
    private List<Long> await(int threads) {
        List<Long> waits = new ArrayList<>();
        for (long thread = 1; thread <= threads; thread++) {
            requireOk(waiting.call(acquire(thread, 0)));
            waits.add(waiting.send(await(thread)));
        }
        return waits;
    }

    /** Each of them gets the lock for a moment and gives it back. */
    @Test
    void shouldPassOverManyWaitersThatHaveGivenUp() {
        List<Long> waits = await(10_000);
        requireOk(owner.call(acquire(1, 0)));
        waits.forEach(waiting::withdraw);
        long next = last.send(acquire(1, -1));
        requireOk(owner.call(release(1)));
        assertThat(last.isAnswered(next)).isTrue();
        requireOk(last.call(release(1)));
        requireOk(owner.call(acquire(1, 0)));
    }

    @Test
    void shouldPassOnTheSignalOfAWaiterThatHasGivenUp() {
        List<Long> waits = await(2);
        requireOk(owner.call(acquire(1, 0)));
        requireOk(owner.call(request(LockRequest.newBuilder().setSignal(signal(1)))));
        waiting.withdraw(waits.get(0));
        requireOk(owner.call(release(1)));
        assertThat(waiting.isAnswered(waits.get(1))).isTrue();
        assertThat(owner.call(acquire(1, 0)).getStatus()).isEqualTo(Status.TIMED_OUT);
    }

    /** A thread of a client, as that client sees it. */
    private static final class Holder {
        private final ObjectFixture.Peer client;
        private final long thread;

        /** The request that it waits for, or that gave it the lock; 0 for none. */
        private long request;

        private boolean holds;
        private boolean confirmed;

        Holder(ObjectFixture.Peer client, long thread) {
            this.client = client;
            this.thread = thread;
        }

        private void hasNothing() {
            request = 0;
            holds = false;
            confirmed = false;
        }
    }

    /** Does something at random; whoever is granted the lock then must be alone. */
    private static void step(List<Holder> all, Holder of, int choice) {
        ObjectFixture.Peer client = of.client;
        if (choice == 0) {
            client.end();
            all.stream().filter(each -> each.client == client).forEach(Holder::hasNothing);
        } else if (choice == 1) {
            client.cutAndRepeat();
        } else if (choice == 2) {
            client.confirm();
            all.stream()
                    .filter(each -> each.client == client && each.holds)
                    .forEach(each -> each.confirmed = true);
        } else if (choice < 6 && of.request > 0 && !of.confirmed) {
            client.withdraw(of.request);
            of.hasNothing();
        } else if (of.request == 0) {
            of.request = client.send(acquire(of.thread, -1));
        } else if (of.holds && choice < 9) {
            of.holds = false;
            of.confirmed = false;
            of.request = client.send(await(of.thread));
        } else if (of.holds && choice < 13) {
            requireOk(client.call(request(LockRequest.newBuilder().setSignal(signal(of.thread)))));
        } else if (of.holds) {
            requireOk(client.call(release(of.thread)));
            of.hasNothing();
        }
        for (Holder each : all) {
            if (each.request > 0 && !each.holds) {
                each.holds = each.client.isAnswered(each.request);
            }
        }
        assertThat(all.stream().filter(each -> each.holds).count()).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldHaveOneHolderInLongWalks() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            List<ObjectFixture.Peer> clients = List.of(owner, waiting, last);
            List<Holder> all =
                    clients.stream()
                            .flatMap(each -> Stream.of(new Holder(each, 1), new Holder(each, 2)))
                            .toList();
            for (int j = 0; j < 100; j++) {
                step(all, all.get(random.nextInt(all.size())), random.nextInt(20));
                assertThat(isLocked()).isEqualTo(all.stream().anyMatch(each -> each.holds));
            }
            clients.forEach(ObjectFixture.Peer::end);
        }
    }

    private boolean isLocked() {
        ObjectFixture.Peer looking = fixture.new Peer();
        LockRequest.Builder body = LockRequest.newBuilder().setIsLocked(LockIsLocked.newBuilder());
        return looking.call(request(body)).getIsTrue();
    }
}
