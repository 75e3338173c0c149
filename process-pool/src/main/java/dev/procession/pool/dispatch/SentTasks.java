package dev.procession.pool.dispatch;

import dev.procession.pool.protocol.TaskWord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that a worker has: sent, without an outcome, in the order in which they begin, which is
 * also the order of the outcomes. The {@link WorkerRun} guards it.
 */
final class SentTasks {

    private static final int FIRST_CAPACITY = 8;

    /** A circle, whose length is a power of two. */
    private @Nullable Task[] tasks = new Task[FIRST_CAPACITY];

    private int first;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Makes room for one more, so that {@link #add} does not allocate. */
    void reserve() {
        if (size == tasks.length) {
            @Nullable Task[] larger = new Task[2 * size];
            for (int i = 0; i < size; i++) {
                larger[i] = tasks[index(i)];
            }
            tasks = larger;
            first = 0;
        }
    }

    private int index(int position) {
        return (first + position) & (tasks.length - 1);
    }

    /** Adds the task that begins last; {@link #reserve} came before. */
    void add(Task task) {
        tasks[index(size)] = task;
        size++;
    }

    /** Returns the task at a position, the oldest one at 0; null if there are not so many. */
    @Nullable Task at(int position) {
        return position < size ? tasks[index(position)] : null;
    }

    /** Removes the oldest tasks. */
    void removeFirst(int count) {
        for (int i = 0; i < count; i++) {
            tasks[first] = null;
            first = (first + 1) & (tasks.length - 1);
            size--;
        }
    }

    /** Removes the task that was added last. */
    void removeLast() {
        size--;
        tasks[index(size)] = null;
    }

    /** Removes the tasks from a position on, and adds them to a list that has room for them. */
    void removeFrom(int position, List<Task> removed) {
        for (int i = position; i < size; i++) {
            addTo(removed, i);
        }
        while (size > position) {
            removeLast();
        }
    }

    /** Returns the tasks between two positions. */
    List<Task> between(int from, int to) {
        List<Task> some = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            addTo(some, i);
        }
        return some;
    }

    private void addTo(List<Task> list, int position) {
        Task task = at(position);
        if (task != null) {
            list.add(task);
        }
    }

    /** Returns where a task is; -1 if it is not here. */
    int position(long taskId) {
        for (int i = 0; i < size; i++) {
            Task task = tasks[index(i)];
            if (task != null && TaskWord.task(task.id()) == taskId) {
                return i;
            }
        }
        return -1;
    }
}
