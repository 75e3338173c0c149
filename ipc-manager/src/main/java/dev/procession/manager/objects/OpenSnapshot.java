package dev.procession.manager.objects;

import dev.procession.manager.stream.Client;

/** An iteration of a client over a dict or list as it was at one moment. */
abstract class OpenSnapshot {

    private final long number;
    private final Client client;

    /** When its last page was read. */
    private long usedNanos;

    OpenSnapshot(long number, Client client) {
        this.number = number;
        this.client = client;
    }

    final long number() {
        return number;
    }

    final boolean isOf(Client other) {
        return client == other;
    }

    final Client client() {
        return client;
    }

    final long usedNanos() {
        return usedNanos;
    }

    final void used(long nanos) {
        usedNanos = nanos;
    }

    /** Whether it keeps content that has changed or gone. */
    abstract boolean keepsContent();

    /**
     * Releases some of what it keeps, as it is read no further.
     *
     * @param most how many pieces
     * @return how many it released; fewer if there are no more
     */
    abstract int release(int most);
}
