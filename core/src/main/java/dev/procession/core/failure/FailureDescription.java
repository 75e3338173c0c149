package dev.procession.core.failure;

import dev.procession.core.proto.Failure;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes one exception with its causes and suppressed exceptions. Each method of the exception
 * may itself fail, which leaves out no more than what it was asked for; cycles are cut.
 */
final class FailureDescription {

    static final int DEEPEST = 32;
    static final int MOST_SUPPRESSED = 16;
    static final int MOST_EXCEPTIONS = 128;
    static final int MOST_FRAMES = 512;
    static final int LONGEST_TEXT = 16 * 1024;

    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    Failure.Builder describe(Throwable failure) {
        return describe(failure, 0);
    }

    private Failure.Builder describe(Throwable failure, int depth) {
        seen.add(failure);
        Failure.Builder builder =
                Failure.newBuilder().setClassName(cut(failure.getClass().getName()));
        attempt(() -> addMessage(builder, failure.getMessage()));
        attempt(() -> builder.setDescription(cut(failure.toString())));
        attempt(() -> addFrames(builder, failure.getStackTrace()));
        attempt(() -> addCause(builder, failure.getCause(), depth + 1));
        attempt(() -> addSuppressed(builder, failure.getSuppressed(), depth + 1));
        return builder;
    }

    private static void attempt(Runnable part) {
        try {
            part.run();
        } catch (Throwable hostile) {
            // The rest of the description is worth more than to know why this part is missing.
        }
    }

    private static void addMessage(Failure.Builder builder, @Nullable String message) {
        if (message != null) {
            builder.setMessage(cut(message));
        }
    }

    private static void addFrames(Failure.Builder builder, StackTraceElement[] frames) {
        for (int i = 0; i < Math.min(frames.length, MOST_FRAMES); i++) {
            StackTraceElement frame = frames[i];
            Failure.Frame.Builder line =
                    builder.addFramesBuilder()
                            .setDeclaringClass(cut(frame.getClassName()))
                            .setMethod(cut(frame.getMethodName()))
                            .setLine(frame.getLineNumber());
            if (frame.getFileName() != null) {
                line.setFile(cut(frame.getFileName()));
            }
        }
    }

    private void addCause(Failure.Builder builder, @Nullable Throwable cause, int depth) {
        if (cause != null && isWanted(cause, depth)) {
            builder.setCause(describe(cause, depth));
        }
    }

    private void addSuppressed(Failure.Builder builder, Throwable[] suppressed, int depth) {
        for (int i = 0; i < Math.min(suppressed.length, MOST_SUPPRESSED); i++) {
            if (isWanted(suppressed[i], depth)) {
                builder.addSuppressed(describe(suppressed[i], depth));
            }
        }
    }

    private boolean isWanted(Throwable failure, int depth) {
        return depth < DEEPEST && seen.size() < MOST_EXCEPTIONS && !seen.contains(failure);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_TEXT
                ? text
                : text.substring(0, LONGEST_TEXT) + "… (" + text.length() + " characters)";
    }
}
