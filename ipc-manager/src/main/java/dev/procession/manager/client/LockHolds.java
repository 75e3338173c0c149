package dev.procession.manager.client;

import dev.procession.manager.proto.Kind;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Which locks the threads of this process hold, how often, and with which token: a reentrant lock
 * that is taken again asks nobody. The server's word counts; this is a copy of it.
 */
public final class LockHolds {

    private final ConcurrentMap<Key, Hold> holds = new ConcurrentHashMap<>();

    private record Key(Kind kind, String name) {}

    /** One lock in the hands of one thread; changed by that thread alone. */
    public static final class Hold {

        private final long thread;
        private final long incarnation;
        private final long token;
        private final boolean abandoned;
        private int count;

        /** Giving it back failed: the server may have given it to another thread by now. */
        private boolean doubtful;

        /** A lock that the server has just granted. */
        public Hold(long thread, long incarnation, long token, boolean abandoned, int count) {
            this.thread = thread;
            this.incarnation = incarnation;
            this.token = token;
            this.abandoned = abandoned;
            this.count = count;
        }

        /** The fencing token. */
        public long token() {
            return token;
        }

        /** Whether the owner before has died with the lock in its hands. */
        public boolean abandoned() {
            return abandoned;
        }

        /** How often the thread has it. */
        public int count() {
            return count;
        }

        /** Whether an unlock has failed: then it may be tried again, and nothing else. */
        public boolean isDoubtful() {
            return doubtful;
        }

        /** An unlock has failed, and may have reached the server all the same. */
        public void doubt() {
            doubtful = true;
        }

        /** Once more, or once less. */
        public void add(int more) {
            count = Math.addExact(count, more);
        }
    }

    /** The calling thread's hold of a lock that this server granted; null if it has none. */
    public @Nullable Hold mine(Kind kind, String name, long incarnation) {
        Hold hold = holds.get(new Key(kind, name));
        return hold != null
                        && hold.thread == Thread.currentThread().getId()
                        && hold.incarnation == incarnation
                ? hold
                : null;
    }

    /** Writes down what the server has granted. */
    public void put(Kind kind, String name, Hold hold) {
        holds.put(new Key(kind, name), hold);
    }

    /** Writes a hold down again, unless another thread has the lock meanwhile. */
    public void putBack(Kind kind, String name, Hold hold) {
        Hold unused = holds.putIfAbsent(new Key(kind, name), hold);
    }

    /** Strikes a hold out; one that another thread has got meanwhile stays. */
    public void strike(Kind kind, String name, Hold hold) {
        boolean unused = holds.remove(new Key(kind, name), hold);
    }
}
