package dev.procession.manager.wire;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The well-known functions of two values: those that the server computes itself. Numbers are never
 * reused.
 */
public enum Arithmetic {
    /** The sum of two numbers of one type; whole numbers overflow as in Java. */
    SUM(1) {
        @Override
        public Object apply(Object old, Object given) {
            requireSame(old, given);
            if (old instanceof Integer number) {
                return number + (Integer) given;
            } else if (old instanceof Long number) {
                return number + (Long) given;
            } else if (old instanceof Double number) {
                return number + (Double) given;
            } else if (old instanceof Float number) {
                return number + (Float) given;
            } else if (old instanceof Short number) {
                return (short) (number + (Short) given);
            } else if (old instanceof Byte number) {
                return (byte) (number + (Byte) given);
            } else if (old instanceof BigInteger number) {
                return number.add((BigInteger) given);
            } else if (old instanceof BigDecimal number) {
                requireSimilar(number, (BigDecimal) given);
                return number.add((BigDecimal) given);
            }
            throw new IllegalArgumentException("not a number: type=" + old.getClass().getName());
        }
    },
    /** Concatenates two strings. */
    APPEND(2) {
        @Override
        public Object apply(Object old, Object given) {
            if (old instanceof String text && given instanceof String more) {
                return text.concat(more);
            }
            throw new IllegalArgumentException(
                    "only a string can be appended to a string: types="
                            + old.getClass().getName()
                            + ", "
                            + given.getClass().getName());
        }
    },
    /** The lesser of two values of one type. */
    MIN(3) {
        @Override
        public Object apply(Object old, Object given) {
            return compare(old, given) <= 0 ? old : given;
        }
    },
    /** The greater of two values of one type. */
    MAX(4) {
        @Override
        public Object apply(Object old, Object given) {
            return compare(old, given) >= 0 ? old : given;
        }
    };

    private static final int MAX_SCALE_DIFFERENCE = 10_000;

    /** About forty thousand digits. */
    private static final int MAX_DECIMAL_BITS = 1 << 17;

    private static final Arithmetic[] BY_NUMBER = new Arithmetic[MAX.number + 1];

    static {
        for (Arithmetic function : values()) {
            BY_NUMBER[function.number] = function;
        }
    }

    private final int number;

    Arithmetic(int number) {
        this.number = number;
    }

    /** The number by which a request names it. */
    public int number() {
        return number;
    }

    /**
     * Computes the function.
     *
     * @throws IllegalArgumentException if the function is not defined for these values
     */
    public abstract Object apply(Object old, Object given);

    /** The function with a number; null if there is none. */
    public static @org.jspecify.annotations.Nullable Arithmetic of(long number) {
        return number < 0 || number >= BY_NUMBER.length ? null : BY_NUMBER[(int) number];
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static int compare(Object old, Object given) {
        requireSame(old, given);
        if (old instanceof BigDecimal number) {
            requireSimilar(number, (BigDecimal) given);
        }
        if (old instanceof Comparable comparable) {
            return comparable.compareTo(given);
        }
        throw new IllegalArgumentException("not comparable: type=" + old.getClass().getName());
    }

    /**
     * Both numbers are brought to one scale first, which may take as many digits as the scales
     * differ by: a request of a few bytes could make the server compute for hours. With many digits
     * the same takes minutes.
     */
    private static void requireSimilar(BigDecimal old, BigDecimal given) {
        long difference = Math.abs((long) old.scale() - given.scale());
        if (difference > MAX_SCALE_DIFFERENCE) {
            throw new IllegalArgumentException(
                    "the scales of the two numbers differ too much; use compute(): there="
                            + old.scale()
                            + ", given="
                            + given.scale()
                            + ", limit="
                            + MAX_SCALE_DIFFERENCE);
        }
        int bits = difference == 0 ? 0 : Math.max(bits(old), bits(given));
        if (bits > MAX_DECIMAL_BITS) {
            throw new IllegalArgumentException(
                    "the two numbers of different scales have too many digits; use compute():"
                            + " bits="
                            + bits
                            + ", limit="
                            + MAX_DECIMAL_BITS);
        }
    }

    private static int bits(BigDecimal number) {
        return number.unscaledValue().bitLength();
    }

    private static void requireSame(Object old, Object given) {
        if (old.getClass() != given.getClass()) {
            throw new IllegalArgumentException(
                    "the two values are not of one type: there="
                            + old.getClass().getName()
                            + ", given="
                            + given.getClass().getName());
        }
    }
}
