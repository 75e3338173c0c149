package dev.procession.pool.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait: those of a higher priority first, those of one priority in their order. Adding
 * and removing, also from the middle, takes a time that depends only on the number of priorities.
 * The lock of {@link PoolState} guards it, except for {@link #size}, which any thread may call.
 */
final class TaskQueue {

    private final Level normal = new Level();

    /** The tasks of other priorities than 0, without empty levels. */
    private final TreeMap<Integer, Level> others = new TreeMap<>(Comparator.reverseOrder());

    /** Written under the lock, read by any thread. */
    private volatile int size;

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
        if (task.priority() == 0) {
            return normal;
        }
        Level level = others.get(task.priority());
        if (level == null) {
            level = new Level();
            others.put(task.priority(), level);
        }
        return level;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time, under the lock
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

    /** Whether tasks of different priorities wait. */
    boolean isMixed() {
        return others.size() + (normal.first == null ? 0 : 1) > 1;
    }

    @Nullable Task peek() {
        if (others.isEmpty()) {
            return normal.first;
        }
        Map.Entry<Integer, Level> highest = others.firstEntry();
        return highest.getKey() > 0 || normal.first == null
                ? highest.getValue().first
                : normal.first;
    }

    /** Removes a task, wherever it is; does nothing with one that does not wait. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time, under the lock
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
        if (level.first == null && level != normal) {
            others.remove(task.priority());
        }
    }

    /** Adds all tasks to a list, in the order in which they will be sent. */
    void addTo(List<Task> list) {
        boolean normalDone = false;
        for (Map.Entry<Integer, Level> each : others.entrySet()) {
            if (each.getKey() < 0 && !normalDone) {
                addTo(list, normal);
                normalDone = true;
            }
            addTo(list, each.getValue());
        }
        if (!normalDone) {
            addTo(list, normal);
        }
    }

    private static void addTo(List<Task> list, Level level) {
        for (Task task = level.first; task != null; task = task.next) {
            list.add(task);
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
