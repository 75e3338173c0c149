package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.SharedSet;
import dev.procession.manager.proto.DictPutAll;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A proxy of a set: in the server the keys of a dict. */
final class RemoteSet<E> extends AbstractSet<E> implements SharedSet<E>, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;
    private final transient RemoteDict<E, Boolean> dict;
    private final transient ByteString present;

    RemoteSet(Remote remote) {
        this.remote = remote;
        this.dict = new RemoteDict<>(remote);
        this.present = remote.value(true);
    }

    @Override
    public boolean add(E element) {
        return dict.setIfAbsent(element, true, TimeToLive.NONE);
    }

    @Override
    public boolean add(E element, Duration timeToLive) {
        return dict.setIfAbsent(element, true, TimeToLive.nanos(timeToLive));
    }

    @Override
    public CompletableFuture<Boolean> addAsync(E element) {
        return dict.async().setIfAbsent(element, true);
    }

    @Override
    public boolean touch(E element, Duration timeToLive) {
        return dict.touch(element, timeToLive);
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        PutBatches batches = new PutBatches(remote, DictPutAll.newBuilder().setOnlyAbsent(true));
        for (E element : elements) {
            batches.add(remote.key(element), present);
        }
        return batches.finish() > 0;
    }

    @Override
    public boolean contains(Object element) {
        return dict.containsKey(element);
    }

    @Override
    public boolean remove(Object element) {
        return dict.removeKey(element);
    }

    @Override
    public CompletableFuture<Boolean> containsAsync(E element) {
        return dict.async().contains(element);
    }

    @Override
    public CompletableFuture<Boolean> removeAsync(E element) {
        return dict.async().removeKey(element);
    }

    @Override
    public int size() {
        return dict.size();
    }

    @Override
    public void clear() {
        dict.clear();
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        return dict.keySet().removeIf(filter);
    }

    @Override
    public boolean removeAll(Collection<?> others) {
        return dict.keySet().removeAll(others);
    }

    @Override
    public boolean retainAll(Collection<?> others) {
        return dict.keySet().retainAll(others);
    }

    @Override
    public Iterator<E> iterator() {
        return dict.keySet().iterator();
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared set travels as its handle");
    }
}
