package dev.procession.core;

import java.util.concurrent.ExecutionException;

/** Bodies of children that need no library. */
final class PlainChild {

    private PlainChild() {}

    static String traceParent() {
        return String.valueOf(System.getenv("TRACEPARENT"));
    }

    static String traceParentOfAChild() throws ExecutionException, InterruptedException {
        try (ChildProcess<String> child = ChildProcess.start(PlainChild::traceParent)) {
            return child.result();
        }
    }
}
