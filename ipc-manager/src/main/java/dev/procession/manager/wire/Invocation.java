package dev.procession.manager.wire;

import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * A call of a method of an interface.
 *
 * @param type the interface
 * @param method the method's name
 * @param parameters the types of its parameters
 * @param arguments the arguments of the call
 */
public record Invocation(
        Class<?> type, String method, Class<?>[] parameters, @Nullable Object[] arguments)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Calls the method on an object. */
    public @Nullable Object on(Object target)
            throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
        if (!type.isInstance(target)) {
            throw new IllegalArgumentException(
                    "the shared object is of another type: object="
                            + target.getClass().getName()
                            + ", asked="
                            + type.getName());
        }
        Method found = type.getMethod(method, parameters);
        found.setAccessible(true); // the interface need not be public
        return found.invoke(target, arguments);
    }
}
