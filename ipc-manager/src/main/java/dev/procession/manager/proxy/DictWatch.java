package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.DictListener;
import dev.procession.manager.SharedDict;
import dev.procession.manager.client.ChangeListener;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.WatchBegin;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A watch of a dict: decodes the events and calls the user's listener. */
@SuppressWarnings("unchecked") // the server keeps what the dict's own type put there
final class DictWatch<K, V> implements SharedDict.Watch, ChangeListener {

    private final Remote remote;
    private final ManagerClient client;
    private final DictListener<? super K, ? super V> listener;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long number;

    private DictWatch(Remote remote, DictListener<? super K, ? super V> listener) {
        this.remote = remote;
        this.client = remote.client();
        this.listener = Objects.requireNonNull(listener, "a listener");
    }

    static <K, V> DictWatch<K, V> begin(
            Remote remote, @Nullable ByteString key, DictListener<? super K, ? super V> listener) {
        DictWatch<K, V> watch = new DictWatch<>(remote, listener);
        WatchBegin.Builder begin = WatchBegin.newBuilder();
        if (key != null) {
            begin.setKey(key);
        }
        watch.number =
                watch.client.watch(
                        remote.request().setDict(DictRequest.newBuilder().setWatchBegin(begin)),
                        watch);
        return watch;
    }

    @Override
    public void changed(Event event) {
        if (closed.get()) {
            return;
        }
        K key = (K) remote.decodeKey(event.getKey());
        switch (event.getChange()) {
            case PUT_ENTRY ->
                    listener.put(key, (V) Objects.requireNonNull(remote.decode(event.getValue())));
            case REMOVED_ENTRY -> listener.removed(key);
            case EXPIRED_ENTRY -> listener.expired(key);
            case MISSED_ENTRIES, UNRECOGNIZED -> listener.missed();
        }
    }

    @Override
    public void missed() {
        if (!closed.get()) {
            listener.missed();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            client.unwatch(number);
        }
    }
}
