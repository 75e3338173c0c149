package dev.procession.pipe;

/** Whether an end sends, receives, or both. */
enum Direction {
    /** Sends and receives. */
    BOTH,
    /** Only receives. */
    RECEIVES,
    /** Only sends. */
    SENDS
}
