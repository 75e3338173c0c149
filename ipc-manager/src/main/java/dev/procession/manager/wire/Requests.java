package dev.procession.manager.wire;

import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Request.BodyCase;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What each request does, in one table: whether it changes something, may be taken back, takes
 * memory, or waits. Client and server ask here instead of listing requests.
 */
public final class Requests {

    private static final Map<BodyCase, Row> TABLE = new EnumMap<>(BodyCase.class);

    /** What becomes of a request that is repeated, and of its answer. */
    private enum Effect {
        /** It is about the stream: it has no number and no answer. */
        CONTROL,
        /** It changes nothing: its answer is not kept, and a repetition is carried out again. */
        READ,
        /** Its answer is kept until the client has it, and given again to a repetition. */
        CHANGE,
        /** Like a change; and if its caller has given up, it can be taken back. */
        GRANT
    }

    /** Whether a request makes objects larger. */
    private enum Memory {
        SAME,
        GROWS
    }

    /** One row of the table. */
    private record Row(Effect effect, Memory memory, @Nullable ToLongFunction<Request> waitNanos) {}

    static {
        row(BodyCase.BODY_NOT_SET, Effect.READ);

        row(BodyCase.CANCEL, Effect.CONTROL);
        row(BodyCase.WITHDRAW, Effect.CONTROL);
        row(BodyCase.ONLY_RECEIVED, Effect.CONTROL);
        row(BodyCase.CLOSE_STREAM, Effect.CONTROL);
        row(BodyCase.GOODBYE, Effect.CONTROL);
        row(BodyCase.STATS, Effect.READ);

        row(BodyCase.SIZE, Effect.READ);
        row(BodyCase.CLEAR, Effect.CHANGE);
        row(BodyCase.SNAPSHOT_OPEN, Effect.CHANGE);
        row(BodyCase.SNAPSHOT_PAGE, Effect.CHANGE);
        row(BodyCase.SNAPSHOT_CLOSE, Effect.CHANGE);

        row(BodyCase.DICT_GET, Effect.READ);
        row(BodyCase.DICT_PUT, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.DICT_PUT_IF_ABSENT, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.DICT_REMOVE, Effect.CHANGE);
        row(BodyCase.DICT_REPLACE, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.DICT_COMPARE_VERSION, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.DICT_COMPARE_BYTES, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.DICT_MERGE, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.DICT_GET_ALL, Effect.READ);
        row(BodyCase.DICT_PUT_ALL, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.DICT_REMOVE_ALL, Effect.CHANGE);
        row(BodyCase.WATCH_BEGIN, Effect.CHANGE);
        row(BodyCase.WATCH_END, Effect.CHANGE);

        row(BodyCase.LIST_GET, Effect.READ);
        row(BodyCase.LIST_SET, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.LIST_ADD, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.LIST_REMOVE, Effect.CHANGE);
        row(BodyCase.LIST_REPLACE, Effect.CHANGE, Memory.GROWS);

        waiting(BodyCase.QUEUE_OFFER, Memory.GROWS, r -> r.getQueueOffer().getWaitNanos());
        waiting(BodyCase.QUEUE_POLL, Memory.SAME, r -> r.getQueuePoll().getWaitNanos());
        row(BodyCase.QUEUE_PEEK, Effect.READ);
        row(BodyCase.QUEUE_DRAIN, Effect.GRANT);
        row(BodyCase.QUEUE_ELEMENTS, Effect.READ);
        row(BodyCase.QUEUE_REMOVE, Effect.CHANGE);
        row(BodyCase.QUEUE_REMAINING, Effect.READ);
        waiting(BodyCase.LEASE_TAKE, Memory.SAME, r -> r.getLeaseTake().getWaitNanos());
        row(BodyCase.LEASE_DONE, Effect.CHANGE);
        row(BodyCase.LEASE_RETURN, Effect.CHANGE);

        waiting(BodyCase.LOCK_ACQUIRE, Memory.SAME, r -> r.getLockAcquire().getWaitNanos());
        row(BodyCase.LOCK_RELEASE, Effect.CHANGE);
        row(BodyCase.LOCK_IS_LOCKED, Effect.READ);
        waiting(BodyCase.CONDITION_AWAIT, Memory.SAME, r -> r.getConditionAwait().getWaitNanos());
        row(BodyCase.CONDITION_SIGNAL, Effect.CHANGE);

        waiting(
                BodyCase.SEMAPHORE_ACQUIRE,
                Memory.SAME,
                r -> r.getSemaphoreAcquire().getWaitNanos());
        row(BodyCase.SEMAPHORE_RELEASE, Effect.CHANGE);
        row(BodyCase.SEMAPHORE_AVAILABLE, Effect.READ);
        row(BodyCase.SEMAPHORE_DRAIN, Effect.GRANT);

        row(BodyCase.EVENT_SET, Effect.CHANGE);
        row(BodyCase.EVENT_CLEAR, Effect.CHANGE);
        row(BodyCase.EVENT_IS_SET, Effect.READ);
        waitingForNoGrant(BodyCase.EVENT_AWAIT, r -> r.getEventAwait().getWaitNanos());

        waitingForNoGrant(BodyCase.BARRIER_AWAIT, r -> r.getBarrierAwait().getWaitNanos());
        row(BodyCase.BARRIER_RESET, Effect.CHANGE);
        row(BodyCase.BARRIER_STATE, Effect.READ);
        row(BodyCase.BARRIER_BREAK, Effect.CHANGE);

        row(BodyCase.OBJECT_CREATE, Effect.CHANGE, Memory.GROWS);
        row(BodyCase.OBJECT_INVOKE, Effect.CHANGE, Memory.GROWS);
    }

    private Requests() {}

    private static void row(BodyCase body, Effect effect) {
        row(body, effect, Memory.SAME);
    }

    private static void row(BodyCase body, Effect effect, Memory memory) {
        TABLE.put(body, new Row(effect, memory, null));
    }

    private static void waiting(BodyCase body, Memory memory, ToLongFunction<Request> waitNanos) {
        TABLE.put(body, new Row(Effect.GRANT, memory, waitNanos));
    }

    private static void waitingForNoGrant(BodyCase body, ToLongFunction<Request> waitNanos) {
        TABLE.put(body, new Row(Effect.CHANGE, Memory.SAME, waitNanos));
    }

    private static Row row(Request request) {
        Row row = TABLE.get(request.getBodyCase());
        if (row == null) {
            throw new IllegalStateException("not in the table: body=" + request.getBodyCase());
        }
        return row;
    }

    /** Whether the table has a row of this body; it has one of each. */
    static boolean isKnown(BodyCase body) {
        return TABLE.containsKey(body);
    }

    /** Whether a request is about the stream itself: then it has no number and no answer. */
    public static boolean isAboutStream(Request request) {
        return row(request).effect == Effect.CONTROL;
    }

    /** Whether the server keeps the answer for a repetition, which must not be done twice. */
    public static boolean keepsAnswer(Request request) {
        return row(request).effect.compareTo(Effect.CHANGE) >= 0;
    }

    /** Whether an answer grants something that goes back if the caller has given up. */
    public static boolean isGrant(Request request) {
        return row(request).effect == Effect.GRANT;
    }

    /** Whether a request may make an object larger, so that it needs room. */
    public static boolean mayGrow(Request request) {
        return row(request).memory == Memory.GROWS;
    }

    /** Whether a request may wait in the server for what other clients do. */
    public static boolean mayWait(Request request) {
        return waitNanos(request) != 0;
    }

    /** How long a request waits: 0 not at all, negative without a limit. */
    public static long waitNanos(Request request) {
        ToLongFunction<Request> nanos = row(request).waitNanos;
        return nanos == null ? 0 : nanos.applyAsLong(request);
    }

    /**
     * Whether the caller of a request may go on without its answer. Only the wait for a condition
     * has to go on until it has its lock.
     */
    public static boolean mayGiveUp(Request request) {
        return request.getBodyCase() != BodyCase.CONDITION_AWAIT;
    }
}
