package dev.procession.testing;

/**
 * How often a test repeats its damage: a few times in the short form, many times in the long one.
 */
public final class Scale {

    private static final boolean LONG = Boolean.getBoolean("procession.long");

    private Scale() {}

    public static int times(int inShortForm, int inLongForm) {
        return LONG ? inLongForm : inShortForm;
    }
}
