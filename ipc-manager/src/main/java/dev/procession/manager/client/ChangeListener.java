package dev.procession.manager.client;

import dev.procession.manager.proto.Event;

/** Is called when something changes that a client watches. */
public interface ChangeListener {

    /** An entry has changed. */
    void changed(Event event);

    /** Changes may have been missed: the connection was broken, or the listener too slow. */
    void missed();
}
