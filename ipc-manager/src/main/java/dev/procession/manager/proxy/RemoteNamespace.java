package dev.procession.manager.proxy;

import dev.procession.manager.SharedNamespace;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A proxy of a namespace: in the server a dict. */
final class RemoteNamespace implements SharedNamespace, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;
    private final transient RemoteDict<String, Object> dict;

    RemoteNamespace(Remote remote) {
        this.remote = remote;
        this.dict = new RemoteDict<>(remote);
    }

    @Override
    public <T> @Nullable T get(String name, Class<T> type) {
        return type.cast(dict.get(name));
    }

    @Override
    public void set(String name, Object value) {
        dict.set(name, value);
    }

    @Override
    public boolean remove(String name) {
        return dict.removeKey(name);
    }

    @Override
    public Map<String, Object> toMap() {
        return new TreeMap<>(dict);
    }

    @Override
    public String toString() {
        return toMap().toString();
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared namespace travels as its handle");
    }
}
