package dev.procession.core.codec;

/** The names of classes in messages. */
final class TypeNames {

    private static final String LAMBDA_MARK = "$$Lambda";

    private TypeNames() {}

    static boolean isLambda(Class<?> type) {
        return type.isHidden() && type.getName().contains(LAMBDA_MARK);
    }

    /** The full name; for a lambda, that of the class in which it is written. */
    static String full(Class<?> type) {
        if (isLambda(type)) {
            String name = type.getName();
            return "lambda in " + name.substring(0, name.indexOf(LAMBDA_MARK));
        }
        return type.getTypeName();
    }

    /** The name without its package, of anonymous classes too. */
    static String brief(Class<?> type) {
        String simple = type.getSimpleName();
        String name = type.getName();
        return simple.isEmpty() ? name.substring(name.lastIndexOf('.') + 1) : simple;
    }
}
