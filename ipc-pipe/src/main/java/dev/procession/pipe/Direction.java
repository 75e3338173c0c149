package dev.procession.pipe;

/** What an end may do. */
enum Direction {
    /** Sends and receives. */
    BOTH,
    /** Only receives. */
    RECEIVES,
    /** Only sends. */
    SENDS
}
