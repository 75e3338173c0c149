package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.StoredListChange;
import java.util.List;

/** A list whose content survives the server. */
public interface StoredList {

    /** Makes a change that the store has kept, before the server listens. */
    void restore(StoredListChange change);

    /** How many elements it has. */
    int size();

    /** How many bytes its elements have, as they lie in the file. */
    long elementBytes();

    /** Returns its elements as they are now; later changes do not show, and any thread may read. */
    List<ByteString> copy();
}
