package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.procession.manager.proto.Hello;
import java.security.CodeSource;

/**
 * Names the versions of Netty and of protobuf-java when they are too old: programs bring their own,
 * and the JVM's message about a missing method does not help them.
 */
public final class Libraries {

    private static final String NEEDED =
            "a manager needs Netty from 4.1.127 on, or 4.2, and protobuf-java from 3.25.5 on";

    private Libraries() {}

    /**
     * Makes and reads a message.
     *
     * @throws IllegalStateException if this protobuf-java cannot
     */
    public static void checkProtobuf() {
        try {
            Hello hello =
                    Hello.newBuilder().setNonce(ByteString.copyFromUtf8("x")).setSession(1).build();
            if (!Hello.parseFrom(hello.toByteArray()).equals(hello)) {
                throw new IllegalStateException("protobuf-java does not read what it has written");
            }
        } catch (LinkageError | InvalidProtocolBufferException e) {
            throw tooOld(e);
        }
    }

    /** Returns the exception of a start that failed with a link error. */
    public static IllegalStateException tooOld(Throwable cause) {
        return new IllegalStateException(
                NEEDED
                        + "; this program has "
                        + place("io.netty.channel.Channel")
                        + " and "
                        + place("com.google.protobuf.Message")
                        + ": "
                        + cause,
                cause);
    }

    /** The JAR that a class comes from: its name has the version. */
    private static String place(String className) {
        try {
            Class<?> type = Class.forName(className, false, Libraries.class.getClassLoader());
            CodeSource source = type.getProtectionDomain().getCodeSource();
            if (source == null || source.getLocation() == null) {
                return className + " of an unknown place";
            }
            String path = source.getLocation().getPath();
            while (path.endsWith("/") || path.endsWith("!")) {
                path = path.substring(0, path.length() - 1);
            }
            return path.substring(path.lastIndexOf('/') + 1);
        } catch (ClassNotFoundException | LinkageError e) {
            return "no " + className;
        }
    }
}
