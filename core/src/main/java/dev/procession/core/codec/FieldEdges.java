package dev.procession.core.codec;

import java.io.Externalizable;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** The fields of an object that are written with it, as steps of an {@link ObstacleSearch}. */
final class FieldEdges {

    private FieldEdges() {}

    /** Adds the object that {@code writeReplace} returns; false if there is no replacement. */
    static boolean addReplacement(ObstacleSearch search, GraphNode node) {
        Object value = node.value();
        for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Method method = type.getDeclaredMethod("writeReplace");
                method.setAccessible(true);
                Object replacement = method.invoke(value);
                if (replacement == null || replacement == value) {
                    return false;
                }
                search.add(node.replacedBy(replacement));
                return true;
            } catch (NoSuchMethodException inherited) {
                // The superclass may have one.
            } catch (IllegalAccessException
                    | InvocationTargetException
                    | InaccessibleObjectException hidden) {
                return false;
            }
        }
        return false;
    }

    /** Adds the fields; returns false if the object may write values that this cannot see. */
    static boolean addFields(ObstacleSearch search, GraphNode node) {
        boolean complete = !(node.value() instanceof Externalizable);
        Class<?> type = node.value().getClass();
        while (type != null && Serializable.class.isAssignableFrom(type)) {
            boolean own = search.withTransient() && writesItself(type);
            boolean jdk = type.getClassLoader() == null;
            // The fields of JDK collections are transient, and written by their own code.
            complete &= !(jdk && writesItself(type));
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers)
                        && (own || !Modifier.isTransient(modifiers))
                        && !isHarmless(field.getType())) {
                    complete &= addField(search, node, field);
                }
            }
            type = type.getSuperclass();
        }
        return complete;
    }

    private static boolean addField(ObstacleSearch search, GraphNode node, Field field) {
        try {
            field.setAccessible(true);
            search.add(node, field.get(node.value()), label(field), advice(field));
            return true;
        } catch (IllegalAccessException | InaccessibleObjectException hidden) {
            return false;
        }
    }

    private static String label(Field field) {
        String name = field.getName();
        if (isEnclosing(field)) {
            return "enclosing instance (" + field.getType().getTypeName() + ")";
        }
        if (field.isSynthetic() && name.startsWith("val$")) {
            return "captured variable " + name.substring("val$".length());
        }
        return TypeNames.brief(field.getDeclaringClass()) + "." + name;
    }

    private static GraphNode.Advice advice(Field field) {
        if (isEnclosing(field)) {
            return GraphNode.Advice.ENCLOSING;
        }
        return field.isSynthetic() ? GraphNode.Advice.ARGUMENT : GraphNode.Advice.FIELD;
    }

    private static boolean isEnclosing(Field field) {
        return field.isSynthetic() && field.getName().startsWith("this$");
    }

    private static boolean isHarmless(Class<?> type) {
        return type.isPrimitive() || type == String.class || type == Class.class || type.isEnum();
    }

    private static boolean writesItself(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals("writeObject")) {
                return true;
            }
        }
        return false;
    }
}
