package dev.procession.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait: those of higher priority first, those of one priority in their order. Adding and
 * taking does not depend on how many there are, only on how many priorities. Guarded by the
 * dispatcher's lock.
 */
final class TaskQueue {

    private final TreeMap<Integer, Deque<Task>> levels = new TreeMap<>(Comparator.reverseOrder());
    private int size;

    void addLast(Task task) {
        level(task).addLast(task);
        size++;
    }

    /** Puts tasks back, each before all others of its priority, in their order. */
    void addFirst(List<Task> tasks) {
        for (int i = tasks.size() - 1; i >= 0; i--) {
            level(tasks.get(i)).addFirst(tasks.get(i));
            size++;
        }
    }

    private Deque<Task> level(Task task) {
        Deque<Task> level = levels.get(task.priority());
        if (level == null) {
            level = new ArrayDeque<>();
            levels.put(task.priority(), level);
        }
        return level;
    }

    int size() {
        return size;
    }

    @Nullable Task peek() {
        return levels.isEmpty() ? null : levels.firstEntry().getValue().peekFirst();
    }

    /** Takes what {@link #peek} has shown. */
    void removeFirst() {
        var first = levels.firstEntry();
        first.getValue().removeFirst();
        size--;
        if (first.getValue().isEmpty() && levels.size() > 1) {
            levels.remove(first.getKey());
        } else if (size == 0) {
            levels.clear();
        }
    }

    List<Task> takeAll() {
        List<Task> all = new ArrayList<>(size);
        for (Iterator<Deque<Task>> i = levels.values().iterator(); i.hasNext(); ) {
            all.addAll(i.next());
            i.remove();
        }
        size = 0;
        return all;
    }
}
