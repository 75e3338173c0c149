package dev.procession.core;

import com.google.common.util.concurrent.SettableFuture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** The kinds of future, each with its own kind of subscription, and a way to complete it. */
enum FutureKind {
    COMPLETABLE {
        @Override
        Settable create() {
            CompletableFuture<String> future = new CompletableFuture<>();
            return new Settable(future, future::complete, future::completeExceptionally);
        }
    },
    STAGE {
        @Override
        @SuppressWarnings("unchecked")
        Settable create() {
            CompletableFuture<String> target = new CompletableFuture<>();
            Object stage =
                    Proxy.newProxyInstance(
                            FutureKind.class.getClassLoader(),
                            new Class<?>[] {Future.class, CompletionStage.class},
                            (proxy, method, arguments) ->
                                    method.getDeclaringClass() == Object.class
                                            ? ofObject(proxy, method.getName(), arguments)
                                            : invoke(target, method, arguments));
            return new Settable(
                    (Future<String>) stage, target::complete, target::completeExceptionally);
        }
    },
    LISTENABLE {
        @Override
        Settable create() {
            SettableFuture<String> future = SettableFuture.create();
            return new Settable(future, future::set, future::setException);
        }
    },
    FUTURE_TASK {
        @Override
        Settable create() {
            SettableTask task = new SettableTask();
            return new Settable(task, task::set, task::setException);
        }
    },
    FORK_JOIN {
        @Override
        Settable create() {
            Forked task = new Forked();
            return new Settable(task, task::complete, task::completeExceptionally);
        }
    },
    OPAQUE {
        @Override
        Settable create() {
            OpaqueFuture<String> future = new OpaqueFuture<>();
            return new Settable(future, future::complete, future::fail);
        }
    };

    abstract Settable create();

    private static Object ofObject(Object proxy, String method, Object[] arguments) {
        return switch (method) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "a stage";
        };
    }

    private static Object invoke(Object target, Method method, Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** A future and the two ways to complete it. */
    record Settable(Future<String> future, Consumer<String> completer, Consumer<Throwable> failer) {

        void complete(String value) {
            completer.accept(value);
        }

        void fail(Throwable failure) {
            failer.accept(failure);
        }
    }

    private static final class SettableTask extends FutureTask<String> {
        SettableTask() {
            super(() -> "");
        }

        @Override
        protected void set(String value) {
            super.set(value);
        }

        @Override
        protected void setException(Throwable failure) {
            super.setException(failure);
        }
    }

    private static final class Forked extends ForkJoinTask<String> {
        private static final long serialVersionUID = 1L;
        private volatile String result = "";

        @Override
        public String getRawResult() {
            return result;
        }

        @Override
        protected void setRawResult(String value) {
            result = value;
        }

        @Override
        protected boolean exec() {
            return false;
        }
    }
}
