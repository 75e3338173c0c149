package dev.procession.manager.wire;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells which function of the server a user's {@code Merge} stands for. That class has no public
 * method which says it, so it installs a reader here when it is loaded.
 */
public final class MergeFunctions {

    private static volatile @Nullable Function<Object, Arithmetic> reader;

    private MergeFunctions() {}

    /** Called once, by the class that can read the function of its instances. */
    public static void install(Function<Object, Arithmetic> function) {
        reader = function;
    }

    /** The function of a {@code Merge}, whose class is loaded as there is an instance. */
    public static Arithmetic of(Object merge) {
        return Objects.requireNonNull(reader, "no reader was installed").apply(merge);
    }
}
