package dev.procession.manager.stream;

import dev.procession.manager.proto.Response;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one client that it has not confirmed, oldest first, and the calls by which their
 * grants can be taken back. Used by the server's thread alone.
 */
final class KeptAnswers {

    private final AnswerRoom room;
    private final Deque<Kept> answers = new ArrayDeque<>();

    /** Those that grant something, by the request's number. */
    private final Map<Long, Kept> grants = new HashMap<>();

    /** An answer, and the call that can take back what it grants. */
    private record Kept(Response answer, @Nullable Call call) {
        /** How much memory it takes. */
        long cost() {
            long cost = ServerStats.costOfUnread(answer);
            return call == null ? cost : cost + HeapBytes.of(call.request().getSerializedSize());
        }
    }

    /** How many answers the client has confirmed. */
    private long confirmed;

    private long bytes;

    KeptAnswers(AnswerRoom room) {
        this.room = room;
    }

    /** Returns how much memory an answer with so many bytes takes. */
    static long cost(long bytes) {
        return ServerStats.MESSAGE_BYTES + HeapBytes.of(bytes);
    }

    int count() {
        return answers.size();
    }

    long bytes() {
        return bytes;
    }

    /**
     * Adds an answer.
     *
     * @param grantedBy the call that can take it back, if it grants something
     */
    void add(Response answer, @Nullable Call grantedBy) {
        if (grantedBy != null) {
            grantedBy.keepForUndo();
        }
        Kept kept = new Kept(answer, grantedBy);
        answers.addLast(kept);
        count(kept.cost());
        if (grantedBy != null) {
            grants.put(answer.getSeq(), kept);
        }
    }

    private void count(long more) {
        bytes += more;
        room.count(more);
    }

    /**
     * Drops the answers up to a count that the client has had of all answers.
     *
     * @param unsent how many of the last ones it cannot have had, whatever it says
     * @return whether there were any
     */
    boolean confirm(long count, int unsent) {
        long before = confirmed;
        while (confirmed < count && answers.size() > unsent) {
            confirmed++;
            Kept kept = answers.removeFirst();
            count(-kept.cost());
            if (kept.call != null) {
                grants.remove(kept.answer.getSeq());
            }
        }
        return confirmed > before;
    }

    /**
     * Forgets the content of answers up to a count that the client has had of all answers, but
     * those that can be taken back.
     */
    void had(long count) {
        long number = confirmed;
        for (int i = answers.size(); i > 0; i--) {
            Kept kept = answers.removeFirst();
            if (++number <= count && kept.call == null) {
                count(-kept.cost());
                kept = new Kept(Response.newBuilder().setSeq(kept.answer.getSeq()).build(), null);
                count(kept.cost());
            }
            answers.addLast(kept);
        }
    }

    /** Passes on the answers after a count of all answers. */
    void forEachAfter(long count, Consumer<Response> action) {
        long number = confirmed;
        for (Kept kept : answers) {
            if (++number > count) {
                action.accept(kept.answer);
            }
        }
    }

    /** Takes back what the answer to a request granted, unless it is confirmed. */
    void undo(long seq) {
        Kept kept = grants.remove(seq);
        if (kept != null && kept.call != null) {
            kept.call.undo(kept.answer);
        }
    }

    /** Leaves it at what the answer to a request granted. */
    void forgetGrant(long seq) {
        grants.remove(seq);
    }

    void clear() {
        answers.clear();
        grants.clear();
        count(-bytes);
    }
}
