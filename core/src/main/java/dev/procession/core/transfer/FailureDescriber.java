package dev.procession.core.transfer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Describes one exception with its causes and suppressed exceptions. If a method of the exception
 * fails, only its part of the description is missing; cycles are cut.
 */
final class FailureDescriber {

    static final int MOST_EXCEPTIONS = 128;

    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    FailureDescription describe(Throwable failure) {
        return describe(failure, 0);
    }

    private FailureDescription describe(Throwable failure, int depth) {
        seen.add(failure);
        return new FailureDescription(
                cut(failure.getClass().getName()),
                attempt(() -> cutOrNull(failure.getMessage()), null),
                attempt(() -> cutOrNull(failure.toString()), null),
                attempt(() -> frames(failure.getStackTrace()), List.of()),
                attempt(() -> cause(failure.getCause(), depth + 1), null),
                attempt(() -> suppressed(failure.getSuppressed(), depth + 1), List.of()));
    }

    static <V extends @Nullable Object> V attempt(Callable<V> part, V otherwise) {
        try {
            return part.call();
        } catch (Throwable hostile) {
            // The description is useful without this part, and without the reason.
            return otherwise;
        }
    }

    private static List<StackTraceElement> frames(StackTraceElement[] trace) {
        List<StackTraceElement> frames = new ArrayList<>();
        for (int i = 0; i < Math.min(trace.length, FailureDescription.MOST_FRAMES); i++) {
            StackTraceElement frame = trace[i];
            frames.add(
                    new StackTraceElement(
                            cut(frame.getClassName()),
                            cut(frame.getMethodName()),
                            cutOrNull(frame.getFileName()),
                            frame.getLineNumber()));
        }
        return frames;
    }

    private @Nullable FailureDescription cause(@Nullable Throwable cause, int depth) {
        return cause != null && isWanted(cause, depth) ? describe(cause, depth) : null;
    }

    private List<FailureDescription> suppressed(Throwable[] suppressed, int depth) {
        List<FailureDescription> described = new ArrayList<>();
        for (int i = 0; i < Math.min(suppressed.length, FailureDescription.MOST_SUPPRESSED); i++) {
            if (isWanted(suppressed[i], depth)) {
                described.add(describe(suppressed[i], depth));
            }
        }
        return described;
    }

    private boolean isWanted(Throwable failure, int depth) {
        return depth < FailureDescription.DEEPEST
                && seen.size() < MOST_EXCEPTIONS
                && !seen.contains(failure);
    }

    private static @Nullable String cutOrNull(@Nullable String text) {
        return text == null ? null : cut(text);
    }

    static String cut(String text) {
        int longest = FailureDescription.LONGEST_TEXT;
        return text.length() <= longest
                ? text
                : text.substring(0, longest) + "… (" + text.length() + " characters)";
    }
}
