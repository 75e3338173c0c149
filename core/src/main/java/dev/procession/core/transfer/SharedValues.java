package dev.procession.core.transfer;

import dev.procession.core.Codec;
import dev.procession.core.life.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The shared values that this process has: those that it shares, and those that it has decoded,
 * each once. All methods may be called by any thread.
 *
 * <p>A value that was closed is forgotten at the next {@link #forgetClosed}, or when another one is
 * asked for that this process does not have yet. Code that has got it keeps it.
 */
public final class SharedValues {

    private static final Map<String, Entry> KNOWN = new ConcurrentHashMap<>();

    private SharedValues() {}

    /**
     * A value of this process.
     *
     * @param file its files
     * @param value the value, once it is decoded
     */
    private record Entry(SharedFile file, CompletableFuture<@Nullable Object> value) {}

    /**
     * Shares a value.
     *
     * @param codec what encodes it here and decodes it in other processes
     * @return what other processes get it by
     * @throws dev.procession.core.UnserializableException if it cannot be serialised
     * @throws UncheckedIOException if there is no room for it
     */
    public static SharedHandle share(Object value, Codec codec) {
        byte[] encoded = codec.encode(value);
        try {
            SharedFile file =
                    SharedFile.create(
                            Session.current(), encoded, codec == Codec.standard() ? null : codec);
            CompletableFuture<@Nullable Object> original = CompletableFuture.completedFuture(value);
            KNOWN.put(file.handle().state(), new Entry(file, original));
            return file.handle();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no room for a value to share: bytes=" + encoded.length, e);
        }
    }

    /**
     * Returns a value. The first call in a process decodes it; other threads wait for that one, and
     * an interrupt does not end their wait.
     *
     * @throws IllegalStateException if it was closed
     * @throws dev.procession.core.UndecodableException if it cannot be restored in this process
     */
    public static @Nullable Object get(SharedHandle handle) {
        Entry entry = KNOWN.get(handle.state());
        if (entry == null) {
            entry = attach(handle);
        }
        if (entry.file().isClosed()) {
            KNOWN.remove(handle.state());
            throw closed(handle);
        }
        try {
            return entry.value().join();
        } catch (CompletionException e) {
            throw failure(e.getCause());
        }
    }

    /** Opens the files of a value, and has one thread decode it. */
    private static Entry attach(SharedHandle handle) {
        forgetClosed();
        try {
            Session session = Session.current();
            SharedFile file = SharedFile.open(session, handle);
            if (file == null) {
                throw closed(handle);
            }
            Entry mine = new Entry(file, new CompletableFuture<>());
            Entry known = KNOWN.putIfAbsent(handle.state(), mine);
            if (known != null) {
                return known;
            }
            decode(session, mine);
            return mine;
        } catch (IOException e) {
            throw new UncheckedIOException("a shared value cannot be read: " + handle.state(), e);
        }
    }

    /** Decodes a value for all threads that ask for it; a failure is not kept for later ones. */
    private static void decode(Session session, Entry entry) {
        SharedHandle handle = entry.file().handle();
        try {
            entry.value().complete(entry.file().decode(session));
        } catch (NoSuchFileException e) {
            fail(entry, closed(handle));
        } catch (IOException e) {
            fail(
                    entry,
                    new UncheckedIOException(
                            "a shared value cannot be read: " + handle.content(), e));
        } catch (Throwable e) { // decoding runs user code; the threads that wait get its failure
            fail(entry, e);
        }
    }

    private static void fail(Entry entry, Throwable failure) {
        KNOWN.remove(entry.file().handle().state());
        entry.value().completeExceptionally(failure);
    }

    private static RuntimeException failure(@Nullable Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception
                ? exception
                : new IllegalStateException("a shared value cannot be decoded", thrown);
    }

    private static IllegalStateException closed(SharedHandle handle) {
        return new IllegalStateException(
                "the shared value was closed, or the process that shared it has ended; close it"
                        + " after the last task that gets it, or share the value again: shared="
                        + handle.state());
    }

    /**
     * Closes a value for all processes, and removes its files; does nothing the second time.
     *
     * @throws UncheckedIOException if the files cannot be removed
     */
    public static void close(SharedHandle handle) {
        try {
            Session session = Session.current();
            Entry known = KNOWN.remove(handle.state());
            SharedFile file = known == null ? SharedFile.open(session, handle) : known.file();
            if (file != null) {
                file.close(session);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "a shared value cannot be removed: " + handle.state(), e);
        }
    }

    /** Forgets the values that were closed; costs nothing if this process has none. */
    public static void forgetClosed() {
        if (!KNOWN.isEmpty()) {
            KNOWN.values().removeIf(entry -> entry.file().isClosed());
        }
    }
}
