package dev.procession.queue.ring;

/** What a thread waits for at a queue. */
public enum Waiting {
    /** An element to take. */
    ELEMENT(0),
    /** Room to put an element. */
    ROOM(1),
    /** The moment at which all elements are done. */
    IDLE(2);

    private final int index;

    Waiting(int index) {
        this.index = index;
    }

    /** Returns its place in shared memory, among the bits of STATE and the words of WAITERS. */
    public int index() {
        return index;
    }
}
