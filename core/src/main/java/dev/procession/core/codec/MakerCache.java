package dev.procession.core.codec;

import java.lang.ref.WeakReference;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Caches the makers of lambdas, or of records, for each class loader separately.
 *
 * <p>A maker refers to its class and so to that class's loader. It must live as long as that loader
 * and no longer: so the class itself holds it, by a {@link ClassValue}, and the table here, which
 * makes a hit cheap, refers to maker and loader only weakly. The table has a fixed length; a new
 * entry overwrites the one in its slot.
 */
final class MakerCache<M extends Maker> {

    private static final int SLOTS = 1024;
    private static final int MOST_KEPT_BY_CLASS = 1024;

    /**
     * Read and written without synchronisation: an entry has only final fields, so a thread that
     * sees one sees all of it, and a lost write only costs a miss.
     */
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
    private final @Nullable Entry<M>[] table = new @Nullable Entry[SLOTS];

    private final ClassValue<CopyOnWriteArrayList<M>> kept =
            new ClassValue<>() {
                @Override
                protected CopyOnWriteArrayList<M> computeValue(Class<?> type) {
                    return new CopyOnWriteArrayList<>();
                }
            };

    /** Returns the maker whose fixed part comes next in the source, and skips that part. */
    @Nullable M find(long hash, int length, ByteSource source) {
        Entry<M> entry = table[slot(hash)];
        if (entry == null || entry.hash != hash || !entry.loader.refersTo(ClassResolver.loader())) {
            return null;
        }
        M maker = entry.maker.get();
        return maker != null && maker.skipFixedPart(length, source) ? maker : null;
    }

    /** Returns the maker that a class holds for a fixed part. */
    @Nullable M keptBy(Class<?> type, byte[] fixedPart) {
        for (M maker : kept.get(type)) {
            if (maker.hasFixedPart(fixedPart)) {
                return maker;
            }
        }
        return null;
    }

    /** Caches a maker that has made a value, which proves that its fixed part is valid. */
    void keep(long hash, M maker) {
        CopyOnWriteArrayList<M> byClass = kept.get(maker.type());
        if (byClass.size() < MOST_KEPT_BY_CLASS) {
            byClass.addIfAbsent(maker);
        }
        table[slot(hash)] = new Entry<>(hash, ClassResolver.loader(), maker);
    }

    private static int slot(long hash) {
        return (int) hash & (SLOTS - 1);
    }

    private static final class Entry<M> {

        final long hash;
        final WeakReference<ClassLoader> loader;
        final WeakReference<M> maker;

        Entry(long hash, ClassLoader loader, M maker) {
            this.hash = hash;
            this.loader = new WeakReference<>(loader);
            this.maker = new WeakReference<>(maker);
        }
    }
}
