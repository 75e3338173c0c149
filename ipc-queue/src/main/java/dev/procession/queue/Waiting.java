package dev.procession.queue;

import dev.procession.queue.ring.QueueLayout;

/** What a thread waits for at a queue. */
enum Waiting {

    /** An element to take. */
    ELEMENT(QueueLayout.ELEMENT),

    /** Room to put an element. */
    ROOM(QueueLayout.ROOM),

    /** The moment at which the queue is empty and all taken elements are done. */
    IDLE(QueueLayout.IDLE);

    private final int word;

    Waiting(int word) {
        this.word = word;
    }

    /** The number of the group of waiter bits in the queue's segment. */
    int word() {
        return word;
    }
}
