package dev.procession.manager.server;

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

    /** Counts nothing as kept any more; it is read no further. */
    void ended() {}
}
