package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.core.Codec;
import dev.procession.core.SerializableSupplier;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.manager.proto.ObjectCreate;
import dev.procession.manager.proto.ObjectInvoke;
import dev.procession.manager.proto.ObjectRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.Invocation;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The handler of a user's object: sends the calls of an interface's methods to the object in the
 * server.
 */
final class RemoteObject implements InvocationHandler, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;
    private final transient Class<?> type;

    RemoteObject(Remote remote, Class<?> type) {
        this.remote = remote;
        this.type = type;
    }

    static <S> S make(Remote remote, Class<S> type, SerializableSupplier<? extends S> factory) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException(
                    "a shared object is called through an interface: type=" + type.getName());
        }
        RemoteObject handler = new RemoteObject(remote, type);
        ByteString encoded =
                ByteString.copyFrom(
                        Codec.standard().encode(Objects.requireNonNull(factory, "a factory")));
        try {
            Object unused =
                    handler.send(
                            remote.request()
                                    .setObject(
                                            ObjectRequest.newBuilder()
                                                    .setCreate(
                                                            ObjectCreate.newBuilder()
                                                                    .setFactory(encoded))));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UndeclaredThrowableException(e);
        }
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> proxy == Objects.requireNonNull(arguments)[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> type.getSimpleName() + "[" + remote.name() + "]";
            };
        }
        Invocation invocation =
                new Invocation(
                        type,
                        method.getName(),
                        method.getParameterTypes(),
                        arguments == null ? new Object[0] : arguments);
        ByteString encoded = ByteString.copyFrom(Codec.standard().encode(invocation));
        return send(
                remote.request()
                        .setObject(
                                ObjectRequest.newBuilder()
                                        .setInvoke(
                                                ObjectInvoke.newBuilder().setInvocation(encoded))));
    }

    private @Nullable Object send(Request.Builder request) throws Throwable {
        Response response = remote.call(request);
        TaskOutcome outcome = TaskOutcome.of(response.getValue().toByteArray());
        Codec codec = remote.codec();
        if (!outcome.isSuccess()) {
            throw outcome.thrown(codec);
        }
        return outcome.value(codec);
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared object travels as its handle");
    }
}
