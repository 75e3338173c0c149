package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proto.Response;
import java.util.HashMap;
import java.util.Map;

/**
 * How many permits of each semaphore this process holds, and since when: those that it acquired
 * before its session ended (with its server, for example) have returned, and are not to be released
 * to the next server. It is a copy of what the server said last, which may count a grant that was
 * then withdrawn: so no more are held than callers have acquired and not released.
 *
 * <p>A caller makes the place before it sends a request: to note what the server has granted needs
 * no memory, whose want would leave permits that no caller knows of. Safe for use by many threads.
 */
public final class PermitHolds {

    @GuardedBy("this")
    private final Map<String, Permits> bySemaphore = new HashMap<>();

    /** The permits of one semaphore. */
    private static final class Permits {
        private long session;
        private long version;

        /** As the server said last. */
        private long held;

        /** Those that callers have acquired in the session, without those they began to release. */
        private long acquired;

        /** Of the held ones, those that are being released, or whose release has failed. */
        private long releasing;

        /** Those of earlier sessions that have not been released. */
        private long lost;

        /** Requests under way whose answers are to be noted here. */
        private int asked;

        /** Those that may be released as held ones. */
        long releasable() {
            return Math.min(acquired, Math.max(0, held - releasing));
        }

        boolean areNone() {
            return held == 0 && lost == 0 && asked == 0;
        }
    }

    /**
     * A release as it is sent.
     *
     * @param permits how many are to be released, without those of sessions that are known to be
     *     over
     * @param held how many of them were held in the session
     * @param session the last session that is known
     */
    public record Release(long permits, long held, long session) {}

    /** Makes the place for a semaphore's permits, until the answer to a request is noted. */
    public synchronized void ask(String semaphore) {
        place(semaphore).asked++;
    }

    /** Notes that a request has ended, with an answer that was noted or without. */
    public synchronized void asked(String semaphore) {
        Permits known = bySemaphore.get(semaphore);
        if (known != null) {
            known.asked--;
            forgetNone(semaphore, known);
        }
    }

    @GuardedBy("this")
    private Permits place(String semaphore) {
        Permits known = bySemaphore.get(semaphore); // first, as it may be full and have to grow
        if (known == null) {
            known = new Permits();
            bySemaphore.put(semaphore, known);
        }
        return known;
    }

    /** Begins to release permits, those that were acquired in the earliest session first. */
    public synchronized Release release(String semaphore, long permits) {
        Permits known = bySemaphore.get(semaphore);
        if (known == null) {
            return new Release(permits, 0, 0);
        }
        long lost = Math.min(known.lost, permits);
        known.lost -= lost;
        long held = Math.min(known.releasable(), permits - lost);
        known.releasing += held;
        known.acquired -= Math.min(known.acquired, permits - lost);
        forgetNone(semaphore, known);
        return new Release(permits - lost, held, known.session);
    }

    /**
     * Notes the answer to a release. A release without an answer has been carried out, or its
     * permits have gone with the server, or they stay held until this process ends.
     */
    public synchronized void released(String semaphore, Release release, Answer answer) {
        Permits known = bySemaphore.get(semaphore);
        if (known != null && known.session == release.session) {
            known.releasing = Math.max(0, known.releasing - release.held);
            if (answer.session().number() != release.session) {
                known.held = Math.max(0, known.held - release.held);
            }
        }
        note(semaphore, 0, answer);
    }

    /** Notes that the server has granted permits. */
    public synchronized void acquired(String semaphore, long permits, Answer answer) {
        Permits known = bySemaphore.get(semaphore);
        long more = Math.max(0, permits);
        if (known != null && answer.session().number() < known.session) {
            known.lost += more; // the answer is late: that session has ended meanwhile
        } else {
            note(semaphore, more, answer);
        }
    }

    @GuardedBy("this")
    private void note(String semaphore, long acquired, Answer answer) {
        long session = answer.session().number();
        Response response = answer.response();
        Permits known = place(semaphore);
        if (session > known.session) {
            known.lost += known.releasable();
            known.session = session;
            known.version = 0;
            known.acquired = 0;
            known.releasing = 0;
        }
        if (session == known.session && response.getVersion() > known.version) {
            known.version = response.getVersion();
            known.held = response.getHeld();
            known.releasing = Math.min(known.releasing, known.held);
        }
        known.acquired += acquired;
        forgetNone(semaphore, known);
    }

    @GuardedBy("this")
    private void forgetNone(String semaphore, Permits known) {
        if (known.areNone()) {
            bySemaphore.remove(semaphore);
        }
    }

    /** The number of semaphores of which this process holds permits. For tests. */
    synchronized int size() {
        return bySemaphore.size();
    }
}
