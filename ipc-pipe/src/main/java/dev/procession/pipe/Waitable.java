package dev.procession.pipe;

import dev.procession.core.lane.MessageEnd;
import java.time.Duration;

/** What {@link WaitAny} needs of a connection. */
interface Waitable {

    /** The end that wakes a waiting thread when a message comes. */
    MessageEnd end();

    /**
     * Waits until a receiver would not block.
     *
     * @return false if the time was over before
     */
    boolean poll(Duration timeout) throws InterruptedException;
}
