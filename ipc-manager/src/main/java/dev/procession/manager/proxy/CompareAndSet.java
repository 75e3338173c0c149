package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.core.UnserializableException;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The requests by which an entry of a dict is changed if its value equals the expected one. The
 * first compares bytes. If those differ the objects are compared here, and the next request
 * compares the entry's version; there are more if another process changes the entry meanwhile.
 * Immutable.
 */
final class CompareAndSet {

    private final Remote remote;
    private final DictRequests requests;
    private final ByteString key;
    private final Object expected;
    private final boolean orAbsent;
    private final @Nullable ByteString replacement;
    private final long lifeNanos;

    /**
     * Prepares a change.
     *
     * @param orAbsent whether an entry that is absent is changed, too
     * @param replacement null to remove the entry
     */
    CompareAndSet(
            Remote remote,
            DictRequests requests,
            ByteString key,
            Object expected,
            boolean orAbsent,
            @Nullable ByteString replacement,
            long lifeNanos) {
        this.remote = remote;
        this.requests = requests;
        this.key = key;
        this.expected = Objects.requireNonNull(expected, "the expected value");
        this.orAbsent = orAbsent;
        this.replacement = replacement;
        this.lifeNanos = lifeNanos;
    }

    /** Returns the first request; null if no dict can have the expected value. */
    Request.@Nullable Builder first() {
        ByteString there;
        try {
            there = remote.value(expected);
        } catch (UnserializableException e) {
            return null; // so it was never put into the dict
        }
        return requests.compareBytes(key, there, replacement, lifeNanos);
    }

    /** Returns the request after an answer; null if that says whether the entry was changed. */
    Request.@Nullable Builder next(Response answer) {
        if (answer.getDone() || !isExpected(answer)) {
            return null;
        }
        return requests.compareVersion(key, answer.getVersion(), replacement, lifeNanos);
    }

    private boolean isExpected(Response answer) {
        return answer.hasValue() ? expected.equals(remote.valueOf(answer)) : orAbsent;
    }
}
