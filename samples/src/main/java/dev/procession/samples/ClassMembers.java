package dev.procession.samples;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Counts the members that class files declare. */
final class ClassMembers extends ClassVisitor {

    /** The offset of the major version in a class file. */
    private static final int MAJOR_VERSION_OFFSET = 6;

    private long classes;
    private long constants;
    private long fields;
    private long methods;

    ClassMembers() {
        super(Opcodes.ASM9);
    }

    /**
     * Parses and counts one class file.
     *
     * @param name its name in a message
     * @param bytes the whole file
     * @throws IllegalStateException if it is newer than the ASM library
     */
    void add(String name, byte[] bytes) {
        ClassReader reader;
        try {
            reader = new ClassReader(bytes);
        } catch (IllegalArgumentException unsupported) {
            int major = bytes[MAJOR_VERSION_OFFSET] << 8 | bytes[MAJOR_VERSION_OFFSET + 1];
            throw new IllegalStateException(
                    "ASM is too old for this JDK, classFileVersion="
                            + major
                            + ", class="
                            + name
                            + "; take a newer org.ow2.asm:asm",
                    unsupported);
        }
        classes++;
        constants += reader.getItemCount();
        reader.accept(this, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }

    @Override
    public @Nullable FieldVisitor visitField(
            int access,
            String name,
            String descriptor,
            @Nullable String signature,
            @Nullable Object value) {
        fields++;
        return null;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access,
            String name,
            String descriptor,
            @Nullable String signature,
            String @Nullable [] exceptions) {
        methods++;
        return null;
    }

    long classes() {
        return classes;
    }

    long constants() {
        return constants;
    }

    long fields() {
        return fields;
    }

    long methods() {
        return methods;
    }
}
