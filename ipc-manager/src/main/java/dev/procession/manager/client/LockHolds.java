package dev.procession.manager.client;

import dev.procession.manager.proto.Kind;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The locks that the threads of this process hold, how often, and with which token. So a reentrant
 * lock is taken again without a request. It is a copy of the server's state, which decides.
 */
public final class LockHolds {

    private final ConcurrentMap<Key, Hold> holds = new ConcurrentHashMap<>();

    private record Key(Kind kind, String name) {}

    /** One lock that one thread holds; changed by that thread alone. */
    public static final class Hold {

        private final long thread;
        private final ServerSession session;
        private final long token;
        private final boolean abandoned;
        private int count;

        /** An unlock has failed: the server may have given the lock to another thread by now. */
        private boolean doubtful;

        /** Describes a lock that the server has just granted. */
        public Hold(long thread, ServerSession session, long token, boolean abandoned, int count) {
            this.thread = thread;
            this.session = session;
            this.token = token;
            this.abandoned = abandoned;
            this.count = count;
        }

        /** The fencing token. */
        public long token() {
            return token;
        }

        /** Whether the owner before has died with the lock. */
        public boolean abandoned() {
            return abandoned;
        }

        /** How often the thread holds it. */
        public int count() {
            return count;
        }

        /** Whether an unlock has failed: then only the unlock may be tried again. */
        public boolean isDoubtful() {
            return doubtful;
        }

        /** Notes that an unlock has failed, which may have reached the server all the same. */
        public void doubt() {
            doubtful = true;
        }

        /** Changes the number of holds by one. */
        public void add(int more) {
            count = Math.addExact(count, more);
        }
    }

    /**
     * Returns the calling thread's hold of a lock, by this run of the server; null if it has none.
     */
    public @Nullable Hold ofCurrentThread(Kind kind, String name, ServerSession session) {
        Hold hold = holds.get(new Key(kind, name));
        return hold != null
                        && hold.thread == Thread.currentThread().getId()
                        && hold.session.equals(session)
                ? hold
                : null;
    }

    /** Adds a hold that the server has granted. */
    public void put(Kind kind, String name, Hold hold) {
        holds.put(new Key(kind, name), hold);
    }

    /** Adds a hold again, unless another thread holds the lock meanwhile. */
    public void putBack(Kind kind, String name, Hold hold) {
        Hold unused = holds.putIfAbsent(new Key(kind, name), hold);
    }

    /** Removes a hold; one that another thread has got meanwhile stays. */
    public void remove(Kind kind, String name, Hold hold) {
        boolean unused = holds.remove(new Key(kind, name), hold);
    }
}
