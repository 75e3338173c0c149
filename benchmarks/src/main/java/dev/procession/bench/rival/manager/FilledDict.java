package dev.procession.bench.rival.manager;

import dev.procession.bench.rival.JavaProgram;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A dict with many small entries, in a server of its own that some rivals share: the first that
 * opens it starts the server, the last that closes it ends the server.
 */
public final class FilledDict {

    private static final String VALUE = "value of a small entry";
    private static final String HEAP = "-Xmx5g";
    private static final long MAX_BYTES = 4L << 30;
    private static final int PAGE = 10_000;

    private final IntUnaryOperator entriesOfAmount;
    private int users;
    private int entries;
    private double bytesAnEntry;
    private @Nullable Manager manager;

    /**
     * A dict that is not there yet.
     *
     * @param entriesOfAmount how many entries it has, by the amount of work in a round
     */
    public FilledDict(IntUnaryOperator entriesOfAmount) {
        this.entriesOfAmount = entriesOfAmount;
    }

    void open() {
        if (users++ == 0) {
            manager = Manager.builder().jvmArgs(HEAP).maxBytes(MAX_BYTES).start();
        }
    }

    void close() {
        Manager started = manager;
        if (--users == 0 && started != null) {
            started.close();
        }
    }

    private Manager manager() {
        if (manager == null) {
            throw new IllegalStateException("not open");
        }
        return manager;
    }

    long server() {
        return manager().stats().pid();
    }

    /** Returns the dict, with as many entries as it has to have for this amount. */
    SharedDict<Integer, String> filled(int amount) throws IOException {
        SharedDict<Integer, String> dict = manager().dict("filled");
        int wanted = entriesOfAmount.applyAsInt(amount);
        if (entries < wanted) {
            long before = entries == 0 ? JavaProgram.liveBytes(server()) : 0;
            Map<Integer, String> page = new HashMap<>();
            for (int i = entries; i < wanted; i++) {
                page.put(i, VALUE);
                if (page.size() == PAGE || i == wanted - 1) {
                    dict.putAll(page);
                    page.clear();
                }
            }
            if (entries == 0) {
                bytesAnEntry = (double) (JavaProgram.liveBytes(server()) - before) / wanted;
            }
            entries = wanted;
        }
        return dict;
    }

    int entries() {
        return entries;
    }

    double bytesAnEntry() {
        return bytesAnEntry;
    }

    /** Whether an entry is as it was put. */
    static boolean isRight(@Nullable String value) {
        return VALUE.equals(value);
    }

    static String value() {
        return VALUE;
    }
}
