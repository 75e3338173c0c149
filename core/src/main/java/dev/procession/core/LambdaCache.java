package dev.procession.core;

import java.lang.ref.WeakReference;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the makers of lambdas, for each class loader apart.
 *
 * <p>A maker refers to its class and so to that class's loader. It must live as long as that loader
 * and no longer: so the capturing class itself keeps it, and the table here, which is what makes a
 * hit cheap, refers to maker and loader only weakly. The table's length bounds it; an entry gives
 * way to the next one with the same slot.
 */
final class LambdaCache {

    private static final int SLOTS = 1024;
    private static final int MOST_KEPT_BY_CLASS = 1024;

    /**
     * Read and written without synchronisation: an entry has only final fields, so whoever sees one
     * sees all of it, and a lost write costs no more than a miss.
     */
    private static final @Nullable Entry[] TABLE = new @Nullable Entry[SLOTS];

    private static final ClassValue<CopyOnWriteArrayList<LambdaMaker>> KEPT =
            new ClassValue<>() {
                @Override
                protected CopyOnWriteArrayList<LambdaMaker> computeValue(Class<?> type) {
                    return new CopyOnWriteArrayList<>();
                }
            };

    private LambdaCache() {}

    /** Returns the maker whose fixed part comes next in the source, and passes over it. */
    static @Nullable LambdaMaker find(long hash, int length, ByteSource source) {
        Entry entry = TABLE[slot(hash)];
        if (entry == null || entry.hash != hash || !entry.loader.refersTo(ClassResolver.loader())) {
            return null;
        }
        LambdaMaker maker = entry.maker.get();
        return maker != null && maker.skipFixedPart(length, source) ? maker : null;
    }

    /** Returns the maker that a class keeps for a fixed part. */
    static @Nullable LambdaMaker keptBy(Class<?> type, byte[] fixedPart) {
        for (LambdaMaker maker : KEPT.get(type)) {
            if (maker.hasFixedPart(fixedPart)) {
                return maker;
            }
        }
        return null;
    }

    /** Remembers a maker that has made a lambda, which proves that its fixed part is sound. */
    static void keep(long hash, LambdaMaker maker) {
        CopyOnWriteArrayList<LambdaMaker> kept = KEPT.get(maker.capturingClass());
        if (kept.size() < MOST_KEPT_BY_CLASS) {
            kept.addIfAbsent(maker);
        }
        TABLE[slot(hash)] = new Entry(hash, ClassResolver.loader(), maker);
    }

    private static int slot(long hash) {
        return (int) hash & (SLOTS - 1);
    }

    private static final class Entry {

        final long hash;
        final WeakReference<ClassLoader> loader;
        final WeakReference<LambdaMaker> maker;

        Entry(long hash, ClassLoader loader, LambdaMaker maker) {
            this.hash = hash;
            this.loader = new WeakReference<>(loader);
            this.maker = new WeakReference<>(maker);
        }
    }
}
