package dev.procession.core.lane;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Spill files that no process reads, to be written over. The callers hold a lock. */
final class FreeSpillFiles {

    private final List<SpillFile> files = new ArrayList<>(0);
    private long bytes;

    void add(SpillFile file) {
        files.add(file);
        bytes += file.capacity();
    }

    int count() {
        return files.size();
    }

    /** Returns the bytes of all files. */
    long bytes() {
        return bytes;
    }

    /** Takes the smallest file that has room for so many bytes; null if none has. */
    @Nullable SpillFile take(int length) {
        SpillFile best = null;
        for (SpillFile file : files) {
            if (file.capacity() >= length && (best == null || file.capacity() < best.capacity())) {
                best = file;
            }
        }
        return remove(best);
    }

    /** Takes the smallest file; null if there is none. */
    @Nullable SpillFile takeSmallest() {
        return take(0);
    }

    private @Nullable SpillFile remove(@Nullable SpillFile file) {
        if (file != null) {
            files.remove(file);
            bytes -= file.capacity();
        }
        return file;
    }
}
