package dev.procession.system.program;

/**
 * What happens in a storm in a pool, and how it must end unless a worker was killed from outside.
 */
enum StormKind {
    /** A task returns the right value. */
    GOOD,

    /** A task throws: its future fails with that. */
    THROW,
    /** A task ends its worker: exit code 7. */
    EXIT,
    /** The same, without hooks. */
    HALT,
    /** A task ends its worker with the exit code that a JVM has whose main threw. */
    EXIT_AS_IF_IT_THREW,
    /** A task ends its worker with the exit code that a worker has whose heap is full. */
    HALT_AS_IF_IT_WERE_FULL,
    /** A task makes its worker send an invalid message: killed by the pool. */
    NONSENSE,
    /** A task fills its worker's heap: out of memory. */
    HOG,
    /** A task sleeps longer than it may: timed out. */
    SLEEP,
    /** A task computes longer than it may and ignores interrupts: timed out, its worker killed. */
    SPIN,

    /** A task takes several MiB to its worker, and the same back. */
    LARGE,
    /** A task does not fit into its worker's heap: out of memory. */
    ARGUMENT_LARGER_THAN_ITS_WORKER,
    /** The same of a result, while it is encoded. */
    RESULT_LARGER_THAN_ITS_WORKER,
    /** A result does not fit into this program's heap: its future fails, and nothing else. */
    RESULT_LARGER_THAN_THIS_PROGRAM,
    /** A result throws while it is decoded in this program. */
    UNDECODABLE_RESULT,

    /** The owner completes the future while its task waits or runs. */
    COMPLETED,
    /** The same by {@code completeExceptionally}. */
    COMPLETED_EXCEPTIONALLY,
    /** The owner gives the future up after a while, and by then its task may have ended. */
    OR_TIMEOUT,
    /** The same, with a value. */
    COMPLETE_ON_TIMEOUT,
    /** The owner cancels the future at once: its task has begun or not. */
    CANCEL,
    /** The owner cancels after a while, when the task may have ended. */
    CANCEL_LATER,
    /** The owner cancels a task that ignores interrupts and would never end. */
    CANCEL_WHAT_SPINS,

    /** All items come back. */
    MAP,
    /** The same, when the items come slowly. */
    MAP_OF_A_SLOW_SOURCE,
    /** The stream is closed when it has given some results. */
    MAP_CLOSED_EARLY,
    /** An item ends its worker: the stream fails, after the right results. */
    MAP_WITH_A_FAULT,
    /** The source throws: so does the stream, after the right results. */
    MAP_WHOSE_SOURCE_FAILS,

    /** A worker is killed, whatever it does; the task that comes with it is like a good one. */
    KILL,
    /** All workers are killed. */
    KILL_ALL,
    /** The shared memory is full for a while; the task is like a good one. */
    FULL_MEMORY,
    /** No threads are to be had for a while; the task is like a good one. */
    FEW_THREADS
}
