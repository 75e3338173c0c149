package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.StoredListChange;
import java.util.ArrayList;
import java.util.List;

/** A list as a store sees it. */
final class StoredElements implements StoredList {

    final List<ByteString> elements = new ArrayList<>();
    private final ListLog log;

    StoredElements(ListLog log) {
        this.log = log;
    }

    void add(ByteString element) {
        restore(
                StoredListChange.newBuilder()
                        .setAction(StoredListChange.Action.ADD)
                        .setIndex(-1)
                        .addValues(element)
                        .build());
    }

    void set(int index, ByteString element) {
        restore(
                StoredListChange.newBuilder()
                        .setAction(StoredListChange.Action.SET)
                        .setIndex(index)
                        .setValue(element)
                        .build());
    }

    void clear() {
        restore(StoredListChange.newBuilder().setAction(StoredListChange.Action.CLEAR).build());
    }

    @Override
    public void restore(StoredListChange change) {
        switch (change.getAction()) {
            case ADD -> elements.addAll(change.getValuesList());
            case SET -> elements.set((int) change.getIndex(), change.getValue());
            case CLEAR -> elements.clear();
            default -> throw new AssertionError(change);
        }
        log.append(change, this);
    }

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public long elementBytes() {
        return elements.stream().mapToLong(ByteString::size).sum();
    }

    @Override
    public List<ByteString> copy() {
        return List.copyOf(elements);
    }
}
