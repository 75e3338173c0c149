package dev.procession.manager.client;

import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Response;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The locks that the threads of this process hold, how often, and with which token. So a reentrant
 * lock is taken again without a request. It is a copy of the server's state, which decides.
 *
 * <p>A thread makes the place for a hold before it asks for the lock: to note what the server has
 * granted needs no memory, whose want would leave a lock that no thread knows of.
 */
public final class LockHolds {

    /** Those of each thread, which alone uses them. */
    private final ThreadLocal<Map<Key, Hold>> holds = ThreadLocal.withInitial(HashMap::new);

    private record Key(Kind kind, String name) {}

    /** One lock as one thread holds it, or asks for it; used by that thread alone. */
    public static final class Hold {

        private final Map<Key, Hold> place;
        private final Key key;
        private ServerSession session = ServerSession.NONE;
        private long token;
        private boolean abandoned;

        /** How often the thread holds it; 0 if it does not. */
        private int count;

        /** How many of the thread's requests may grant it: actions that wait nest on one thread. */
        private int asked;

        /** An unlock has failed: the server may have given the lock to another thread by now. */
        private boolean doubtful;

        private Hold(Map<Key, Hold> place, Key key) {
            this.place = place;
            this.key = key;
        }

        /** Notes that the server has granted the lock, which needs no memory. */
        public void granted(Answer answer, int holds) {
            Response response = answer.response();
            session = answer.session();
            token = response.getToken();
            abandoned = response.getAbandoned();
            count = holds;
            doubtful = false;
        }

        /** Keeps the place for another grant. */
        public void ask() {
            asked++;
        }

        /** Notes that the request has ended, granted or not. */
        public void asked() {
            asked--;
            forgetNone();
        }

        /** Notes that the thread does not hold the lock any more. */
        public void released() {
            count = 0;
            doubtful = false;
            forgetNone();
        }

        private void forgetNone() {
            if (count == 0 && asked == 0) {
                place.remove(key);
            }
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

        /**
         * Notes that a request has failed which may have reached the server all the same.
         *
         * @param holds how often the thread held the lock before
         */
        public void doubt(int holds) {
            count = holds;
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
        Hold hold = holds.get().get(new Key(kind, name));
        if (hold == null || hold.count == 0) {
            return null;
        }
        if (!hold.session.equals(session)) {
            hold.released(); // it ended with its session
            return null;
        }
        return hold;
    }

    /**
     * Makes the place for a hold of the calling thread, which is about to ask for the lock. The end
     * of the request has to be {@linkplain Hold#asked noted}.
     */
    public Hold asking(Kind kind, String name) {
        Map<Key, Hold> own = holds.get();
        Key key = new Key(kind, name);
        Hold hold = own.get(key);
        if (hold == null) {
            hold = new Hold(own, key);
            own.put(key, hold);
        }
        hold.ask();
        return hold;
    }
}
