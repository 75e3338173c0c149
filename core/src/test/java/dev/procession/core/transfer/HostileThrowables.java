package dev.procession.core.transfer;

import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;

/** Exceptions whose own methods or serialisation fail. */
@SuppressWarnings({
    "InfiniteRecursion",
    "OverrideThrowableToString",
    "ToStringReturnsNull",
    "UnsynchronizedOverridesSynchronized",
    "UnusedVariable"
})
final class HostileThrowables {

    private HostileThrowables() {}

    static List<Throwable> all() {
        return List.of(
                new HoldsThread("m", null),
                new RefusesToReturn(),
                new FailsToLeave(),
                new Overflows(),
                new ThrowsFromEverything(),
                new NullTrace(),
                new ItsOwnCause(),
                new EndlessCauses(),
                tree(4, 20));
    }

    static Throwable unserialisable(String message) {
        return new HoldsThread(message, null);
    }

    static Throwable tree(int depth, int width) {
        Throwable root = new HoldsThread("tree", null);
        for (int i = 0; depth > 0 && i < width; i++) {
            root.addSuppressed(tree(depth - 1, width));
        }
        return root;
    }

    static final class HoldsThread extends Exception {
        private static final long serialVersionUID = 1L;
        private final Object thread = new Thread();

        HoldsThread(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static final class RefusesToReturn extends Exception {
        private static final long serialVersionUID = 1L;

        RefusesToReturn() {
            super("gone");
        }

        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("I stay");
        }
    }

    static final class FailsToLeave extends Exception {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) {
            throw new OutOfMemoryError("pretended");
        }
    }

    static final class Overflows extends Exception {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) {
            writeObject(out);
        }

        @Override
        public String getMessage() {
            return getMessage() + "";
        }
    }

    static final class ThrowsFromEverything extends Exception {
        private static final long serialVersionUID = 1L;
        private final Object thread = new Thread();

        @Override
        public String getMessage() {
            throw new IllegalStateException("getMessage");
        }

        @Override
        public String toString() {
            throw new Error("toString");
        }

        @Override
        public Throwable getCause() {
            throw new IllegalStateException("getCause");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("getStackTrace");
        }
    }

    static final class NullTrace extends Exception {
        private static final long serialVersionUID = 1L;
        private final Object thread = new Thread();

        @Override
        public StackTraceElement[] getStackTrace() {
            return null;
        }

        @Override
        public String toString() {
            return null;
        }
    }

    static final class ItsOwnCause extends Exception {
        private static final long serialVersionUID = 1L;

        @Override
        public Throwable getCause() {
            return this;
        }
    }

    static final class EndlessCauses extends Exception {
        private static final long serialVersionUID = 1L;
        private final Object thread = new Thread();

        @Override
        public Throwable getCause() {
            return new EndlessCauses();
        }
    }

    static final class SettableCause extends Exception {
        private static final long serialVersionUID = 1L;
        private final Object thread = new Thread();
        Throwable cause;

        SettableCause() {}

        SettableCause(Throwable cause) {
            this.cause = cause;
        }

        @Override
        public Throwable getCause() {
            return cause;
        }
    }
}
