package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;

/**
 * The tasks of a process that have ended since it was asked before.
 *
 * @param next the number to ask from the next time
 * @param lost how many more have ended, which were not kept because there were too many
 * @param tasks the tasks, in the order of their ends
 */
public record TasksEnded(long next, long lost, List<TaskEnded> tasks) implements Serializable {}
