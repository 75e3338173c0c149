package dev.procession.core;

import java.util.concurrent.ExecutionException;

/** Bodies of children that need no library. */
final class PlainChild {

    private PlainChild() {}

    /**
     * Starts a child that starts another one; its class path need not have the tests' libraries.
     */
    static ChildProcess<String> start(String classPath) {
        return ChildProcess.builder().classPath(classPath).start(PlainChild::traceParentOfAChild);
    }

    static String traceParent() {
        return String.valueOf(System.getenv("TRACEPARENT"));
    }

    static String traceParentOfAChild() throws ExecutionException, InterruptedException {
        try (ChildProcess<String> child = ChildProcess.start(PlainChild::traceParent)) {
            return child.result();
        }
    }
}
