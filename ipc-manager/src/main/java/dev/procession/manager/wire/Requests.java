package dev.procession.manager.wire;

import dev.procession.manager.proto.BarrierRequest;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.EventRequest;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.ObjectRequest;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.SemaphoreRequest;

/**
 * What each request does, in one table: whether it changes something, may be taken back, takes
 * memory, or waits. Client and server ask here instead of listing requests.
 *
 * <p>The table has a case for each body and no default, so the compiler finds a body that is not in
 * it.
 */
public final class Requests {

    /** What a request does. */
    private enum Effect {
        /** It has no number and no answer. */
        CONTROLS_STREAM,
        /** It changes nothing. */
        READS,
        /** It changes something. */
        CHANGES,
        /** A change that may make an object larger, so that it needs room. */
        STORES,
        /** A change that can be taken back if the caller has given up. */
        GRANTS,
        /** A change that may need room, and can be taken back. */
        STORES_AND_GRANTS
    }

    private Requests() {}

    private static Effect effect(Request request) {
        return switch (request.getBodyCase()) {
            case STREAM -> Effect.CONTROLS_STREAM;
            case STATS, BODY_NOT_SET -> Effect.READS;
            case BACK_UP -> Effect.CHANGES; // a repeated one must not find its own file
            case COLLECTION -> effect(request.getCollection().getBodyCase());
            case DICT -> effect(request.getDict().getBodyCase());
            case LIST -> effect(request.getList().getBodyCase());
            case QUEUE -> effect(request.getQueue().getBodyCase());
            case LOCK -> effect(request.getLock().getBodyCase());
            case SEMAPHORE -> effect(request.getSemaphore().getBodyCase());
            case EVENT -> effect(request.getEvent().getBodyCase());
            case BARRIER -> effect(request.getBarrier().getBodyCase());
            case OBJECT -> effect(request.getObject().getBodyCase());
        };
    }

    private static Effect effect(CollectionRequest.BodyCase body) {
        return switch (body) {
            case SIZE, BODY_NOT_SET -> Effect.READS;
            case CLEAR, SNAPSHOT_OPEN, SNAPSHOT_PAGE, SNAPSHOT_CLOSE -> Effect.CHANGES;
        };
    }

    private static Effect effect(DictRequest.BodyCase body) {
        return switch (body) {
            case GET, CONTAINS, GET_ALL, BODY_NOT_SET -> Effect.READS;
            case REMOVE, REMOVE_ALL, WATCH_END -> Effect.CHANGES;
            case WATCH_BEGIN,
                    PUT,
                    PUT_IF_ABSENT,
                    PUT_ALL,
                    REPLACE,
                    TOUCH,
                    COMPARE_VERSION,
                    COMPARE_BYTES,
                    MERGE ->
                    Effect.STORES;
        };
    }

    private static Effect effect(ListRequest.BodyCase body) {
        return switch (body) {
            case GET, BODY_NOT_SET -> Effect.READS;
            case REMOVE, REMOVE_RANGES -> Effect.CHANGES;
            case SET, ADD, REPLACE -> Effect.STORES;
        };
    }

    private static Effect effect(QueueRequest.BodyCase body) {
        return switch (body) {
            case PEEK, ELEMENTS, REMAINING, BODY_NOT_SET -> Effect.READS;
            case REMOVE, LEASE_DONE, LEASE_RETURN -> Effect.CHANGES;
            case PUT_BACK -> Effect.STORES;
            case POLL, DRAIN, LEASE_TAKE -> Effect.GRANTS;
            case OFFER -> Effect.STORES_AND_GRANTS;
        };
    }

    private static Effect effect(LockRequest.BodyCase body) {
        return switch (body) {
            case IS_LOCKED, BODY_NOT_SET -> Effect.READS;
            case RELEASE, SIGNAL -> Effect.CHANGES;
            case ACQUIRE, AWAIT -> Effect.GRANTS;
        };
    }

    private static Effect effect(SemaphoreRequest.BodyCase body) {
        return switch (body) {
            case AVAILABLE, BODY_NOT_SET -> Effect.READS;
            case RELEASE, REDUCE -> Effect.CHANGES;
            case ACQUIRE, DRAIN -> Effect.GRANTS;
        };
    }

    private static Effect effect(EventRequest.BodyCase body) {
        return switch (body) {
            case IS_SET, BODY_NOT_SET -> Effect.READS;
            case SET, CLEAR, AWAIT -> Effect.CHANGES;
        };
    }

    private static Effect effect(BarrierRequest.BodyCase body) {
        return switch (body) {
            case STATE, BODY_NOT_SET -> Effect.READS;
            case AWAIT, RESET, BREAK -> Effect.CHANGES;
        };
    }

    private static Effect effect(ObjectRequest.BodyCase body) {
        return switch (body) {
            case BODY_NOT_SET -> Effect.READS;
            case CREATE, INVOKE -> Effect.STORES; // it takes memory until it has run
        };
    }

    /** Whether a request is about the stream itself: then it has no number and no answer. */
    public static boolean isAboutStream(Request request) {
        return effect(request) == Effect.CONTROLS_STREAM;
    }

    /** Whether an answer grants something that goes back if the caller has given up. */
    public static boolean isGrant(Request request) {
        return switch (effect(request)) {
            case CONTROLS_STREAM, READS, CHANGES, STORES -> false;
            case GRANTS, STORES_AND_GRANTS -> true;
        };
    }

    /** Returns what taking a grant back needs of its request: all but the element. */
    public static Request forUndo(Request request) {
        if (!request.getQueue().hasOffer()) {
            return request; // no other grant has a value
        }
        Request.Builder rest = request.toBuilder();
        rest.getQueueBuilder().getOfferBuilder().clearValue();
        return rest.build();
    }

    /** Whether a request may make an object larger, so that it needs room. */
    public static boolean mayGrow(Request request) {
        return switch (effect(request)) {
            case CONTROLS_STREAM, READS, CHANGES, GRANTS -> false;
            case STORES, STORES_AND_GRANTS -> true;
        };
    }

    /**
     * Whether the server answers a request as soon as it has read it: it waits neither for what
     * other clients do, nor for the user's code, nor for a long job.
     */
    public static boolean isPrompt(Request request) {
        return switch (request.getBodyCase()) {
            case LOCK -> !request.getLock().hasAwait() && waitNanos(request) == 0;
            case OBJECT, BACK_UP -> false;
            default -> waitNanos(request) == 0;
        };
    }

    /** How long a request waits: 0 not at all, negative without a limit. */
    public static long waitNanos(Request request) {
        return switch (request.getBodyCase()) {
            case QUEUE -> waitNanos(request.getQueue());
            case LOCK -> waitNanos(request.getLock());
            case SEMAPHORE -> request.getSemaphore().getAcquire().getWaitNanos();
            case EVENT -> request.getEvent().getAwait().getWaitNanos();
            case BARRIER -> request.getBarrier().getAwait().getWaitNanos();
            case STREAM, STATS, BACK_UP, COLLECTION, DICT, LIST, OBJECT, BODY_NOT_SET -> 0;
        };
    }

    private static long waitNanos(QueueRequest request) {
        return switch (request.getBodyCase()) {
            case OFFER -> request.getOffer().getWaitNanos();
            case POLL -> request.getPoll().getWaitNanos();
            case LEASE_TAKE -> request.getLeaseTake().getWaitNanos();
            default -> 0;
        };
    }

    private static long waitNanos(LockRequest request) {
        return switch (request.getBodyCase()) {
            case ACQUIRE -> request.getAcquire().getWaitNanos();
            case AWAIT -> request.getAwait().getWaitNanos();
            default -> 0;
        };
    }

    /**
     * Whether the caller of a request may go on without its answer. Only the wait for a condition
     * has to go on until it has its lock.
     */
    public static boolean mayGiveUp(Request request) {
        return !request.getLock().hasAwait();
    }

    /** The name of a request, for messages. */
    public static String name(Request request) {
        return switch (request.getBodyCase()) {
            case STATS, BACK_UP, BODY_NOT_SET -> request.getBodyCase().name();
            case STREAM -> "STREAM." + request.getStream().getBodyCase();
            case COLLECTION -> "COLLECTION." + request.getCollection().getBodyCase();
            case DICT -> "DICT." + request.getDict().getBodyCase();
            case LIST -> "LIST." + request.getList().getBodyCase();
            case QUEUE -> "QUEUE." + request.getQueue().getBodyCase();
            case LOCK -> "LOCK." + request.getLock().getBodyCase();
            case SEMAPHORE -> "SEMAPHORE." + request.getSemaphore().getBodyCase();
            case EVENT -> "EVENT." + request.getEvent().getBodyCase();
            case BARRIER -> "BARRIER." + request.getBarrier().getBodyCase();
            case OBJECT -> "OBJECT." + request.getObject().getBodyCase();
        };
    }
}
