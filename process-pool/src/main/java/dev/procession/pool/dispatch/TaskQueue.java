package dev.procession.pool.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait: those of a higher priority first, those of one priority in their order. Adding
 * and removing, also from the middle, takes a time that depends only on the number of priorities.
 * The lock of {@link PoolState} guards it.
 */
final class TaskQueue {

    private final TreeMap<Integer, Level> levels = new TreeMap<>(Comparator.reverseOrder());
    private int size;

    /** The tasks of one priority, linked to each other, so that one is removed without a search. */
    static final class Level {
        private @Nullable Task first;
        private @Nullable Task last;
    }

    void addLast(Task task) {
        Level level = level(task);
        link(level, level.last, task, null);
    }

    /** Puts tasks back, each before all others of its priority, in their order. */
    void addFirst(List<Task> tasks) {
        for (int i = tasks.size() - 1; i >= 0; i--) {
            Level level = level(tasks.get(i));
            link(level, null, tasks.get(i), level.first);
        }
    }

    private Level level(Task task) {
        Level level = levels.get(task.priority());
        if (level == null) {
            level = new Level();
            levels.put(task.priority(), level);
        }
        return level;
    }

    private void link(Level level, @Nullable Task previous, Task task, @Nullable Task next) {
        task.level = level;
        task.previous = previous;
        task.next = next;
        if (previous == null) {
            level.first = task;
        } else {
            previous.next = task;
        }
        if (next == null) {
            level.last = task;
        } else {
            next.previous = task;
        }
        size++;
    }

    int size() {
        return size;
    }

    @Nullable Task peek() {
        return levels.isEmpty() ? null : levels.firstEntry().getValue().first;
    }

    /** Removes a task, wherever it is; does nothing with one that does not wait. */
    void remove(Task task) {
        Level level = task.level;
        if (level == null) {
            return;
        }
        if (task.previous == null) {
            level.first = task.next;
        } else {
            task.previous.next = task.next;
        }
        if (task.next == null) {
            level.last = task.previous;
        } else {
            task.next.previous = task.previous;
        }
        task.level = null;
        task.previous = null;
        task.next = null;
        size--;
        if (level.first == null) {
            levels.remove(task.priority());
        }
    }

    List<Task> takeAll() {
        List<Task> all = new ArrayList<>(size);
        for (Task task = peek(); task != null; task = peek()) {
            remove(task);
            all.add(task);
        }
        return all;
    }
}
