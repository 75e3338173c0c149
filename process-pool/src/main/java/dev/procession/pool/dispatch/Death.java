package dev.procession.pool.dispatch;

import dev.procession.core.launch.ExitStatus;
import java.util.Optional;

/**
 * The end of a worker process.
 *
 * @param run the worker
 * @param status how its process ended
 * @param cause why this process could not take it into service, if it was killed for that
 */
record Death(WorkerRun run, ExitStatus status, Optional<Throwable> cause) {}
