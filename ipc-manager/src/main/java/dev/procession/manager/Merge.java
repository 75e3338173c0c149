package dev.procession.manager;

import dev.procession.manager.wire.Arithmetic;
import dev.procession.manager.wire.MergeFunctions;
import java.io.Serial;
import java.io.Serializable;
import java.util.function.BinaryOperator;

/**
 * The well-known functions for {@link SharedDict#merge}: given one of these, the server computes
 * the value, in one round trip. Any other function runs in the caller, and again whenever another
 * process was faster.
 *
 * <p>They work on the JDK's own small types: numbers of one type, strings, and for the minimum and
 * the maximum also booleans, characters and UUIDs. For others they throw {@link
 * IllegalArgumentException}, in the server and in the caller.
 *
 * <p>Immutable.
 *
 * @param <V> the type of the values
 */
public final class Merge<V> implements BinaryOperator<V>, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    static {
        MergeFunctions.install(merge -> ((Merge<?>) merge).function);
    }

    private final Arithmetic function;

    private Merge(Arithmetic function) {
        this.function = function;
    }

    /**
     * The sum of two numbers; whole ones overflow as {@code +} does.
     *
     * @param <V> the type of the numbers
     * @return the function
     */
    public static <V> Merge<V> sum() {
        return new Merge<>(Arithmetic.SUM);
    }

    /**
     * Appends the given string to the one in the dict.
     *
     * @return the function
     */
    public static Merge<String> append() {
        return new Merge<>(Arithmetic.APPEND);
    }

    /**
     * The lesser of the two.
     *
     * @param <V> their type
     * @return the function
     */
    public static <V extends Comparable<? super V>> Merge<V> min() {
        return new Merge<>(Arithmetic.MIN);
    }

    /**
     * The greater of the two.
     *
     * @param <V> their type
     * @return the function
     */
    public static <V extends Comparable<? super V>> Merge<V> max() {
        return new Merge<>(Arithmetic.MAX);
    }

    @Override
    @SuppressWarnings("unchecked")
    public V apply(V old, V given) {
        return (V) function.apply(old, given);
    }
}
