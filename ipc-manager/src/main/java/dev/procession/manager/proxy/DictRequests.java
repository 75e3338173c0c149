package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.Merge;
import dev.procession.manager.proto.DictCompareBytes;
import dev.procession.manager.proto.DictCompareVersion;
import dev.procession.manager.proto.DictContains;
import dev.procession.manager.proto.DictGet;
import dev.procession.manager.proto.DictMerge;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictPutIfAbsent;
import dev.procession.manager.proto.DictRemove;
import dev.procession.manager.proto.DictReplace;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.DictTouch;
import dev.procession.manager.proto.Request;
import dev.procession.manager.wire.MergeFunctions;
import org.jspecify.annotations.Nullable;

/**
 * The requests for one entry of a dict. Their times to live are those of {@link TimeToLive}.
 * Immutable.
 */
final class DictRequests {

    private final Remote remote;

    DictRequests(Remote remote) {
        this.remote = remote;
    }

    private Request.Builder dict(DictRequest.Builder body) {
        return remote.request().setDict(body);
    }

    Request.Builder get(Object key) {
        return dict(DictRequest.newBuilder().setGet(DictGet.newBuilder().setKey(remote.key(key))));
    }

    Request.Builder contains(Object key) {
        return dict(
                DictRequest.newBuilder()
                        .setContains(DictContains.newBuilder().setKey(remote.key(key))));
    }

    Request.Builder put(Object key, Object value, long lifeNanos) {
        return dict(DictRequest.newBuilder().setPut(putting(key, value, lifeNanos)));
    }

    /** Puts an entry; the answer does not bring the value before. */
    Request.Builder set(Object key, Object value, long lifeNanos) {
        return dict(
                DictRequest.newBuilder()
                        .setPut(putting(key, value, lifeNanos).setWithoutOld(true)));
    }

    private DictPut.Builder putting(Object key, Object value, long lifeNanos) {
        return DictPut.newBuilder()
                .setKey(remote.key(key))
                .setValue(remote.value(value))
                .setTimeToLiveNanos(lifeNanos);
    }

    Request.Builder putIfAbsent(Object key, Object value, long lifeNanos) {
        return dict(
                DictRequest.newBuilder().setPutIfAbsent(puttingIfAbsent(key, value, lifeNanos)));
    }

    /** Puts an entry if there is none; the answer does not bring the value that is there. */
    Request.Builder setIfAbsent(Object key, Object value, long lifeNanos) {
        return dict(
                DictRequest.newBuilder()
                        .setPutIfAbsent(
                                puttingIfAbsent(key, value, lifeNanos).setWithoutOld(true)));
    }

    private DictPutIfAbsent.Builder puttingIfAbsent(Object key, Object value, long lifeNanos) {
        return DictPutIfAbsent.newBuilder()
                .setKey(remote.key(key))
                .setValue(remote.value(value))
                .setTimeToLiveNanos(lifeNanos);
    }

    Request.Builder remove(Object key) {
        return dict(
                DictRequest.newBuilder()
                        .setRemove(DictRemove.newBuilder().setKey(remote.key(key))));
    }

    /** Removes an entry; the answer does not bring the value before. */
    Request.Builder removeKey(Object key) {
        return dict(
                DictRequest.newBuilder()
                        .setRemove(
                                DictRemove.newBuilder()
                                        .setKey(remote.key(key))
                                        .setWithoutOld(true)));
    }

    /** Gives an entry another time to live. */
    Request.Builder touch(Object key, long lifeNanos) {
        return dict(
                DictRequest.newBuilder()
                        .setTouch(
                                DictTouch.newBuilder()
                                        .setKey(remote.key(key))
                                        .setTimeToLiveNanos(lifeNanos)));
    }

    Request.Builder replace(Object key, Object value, long lifeNanos) {
        return dict(
                DictRequest.newBuilder()
                        .setReplace(
                                DictReplace.newBuilder()
                                        .setKey(remote.key(key))
                                        .setValue(remote.value(value))
                                        .setTimeToLiveNanos(lifeNanos)));
    }

    /**
     * Changes an entry if it has these bytes.
     *
     * @param replacement null to remove the entry
     */
    Request.Builder compareBytes(
            ByteString key, ByteString expected, @Nullable ByteString replacement, long lifeNanos) {
        DictCompareBytes.Builder compare =
                DictCompareBytes.newBuilder()
                        .setKey(key)
                        .setExpected(expected)
                        .setTimeToLiveNanos(lifeNanos);
        if (replacement != null) {
            compare.setValue(replacement);
        }
        return dict(DictRequest.newBuilder().setCompareBytes(compare));
    }

    /**
     * Changes an entry if it has this version.
     *
     * @param version 0 if it is absent
     * @param replacement null to remove the entry
     */
    Request.Builder compareVersion(
            ByteString key, long version, @Nullable ByteString replacement, long lifeNanos) {
        DictCompareVersion.Builder compare =
                DictCompareVersion.newBuilder()
                        .setKey(key)
                        .setVersion(version)
                        .setTimeToLiveNanos(lifeNanos);
        if (replacement != null) {
            compare.setValue(replacement);
        }
        return dict(DictRequest.newBuilder().setCompareVersion(compare));
    }

    Request.Builder merge(Object key, Object value, Merge<?> function, long lifeNanos) {
        return dict(
                DictRequest.newBuilder()
                        .setMerge(
                                DictMerge.newBuilder()
                                        .setKey(remote.key(key))
                                        .setValue(remote.value(value))
                                        .setFunction(MergeFunctions.of(function).number())
                                        .setTimeToLiveNanos(lifeNanos)));
    }
}
