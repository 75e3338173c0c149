package dev.procession.system.tool;

import dev.procession.core.memory.KillPoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The compiled-in places at which the processes of a storm are to die, and how many died at each.
 */
public final class StormPoints {

    private static final Set<KillPoint> OF_PRODUCERS =
            EnumSet.range(KillPoint.PUT_LOCKED, KillPoint.PUT_FILE_WRITTEN);
    private static final Set<KillPoint> OF_ALL =
            EnumSet.range(KillPoint.LOCK_TAKEN_OVER, KillPoint.WAKE_CLAIMED);

    /** A process that dies at one of these leaves a lock for others to take over. */
    private static final Set<KillPoint> OF_HOLDERS =
            EnumSet.of(
                    KillPoint.PUT_COPIED,
                    KillPoint.PUT_COMMITTED,
                    KillPoint.TAKE_COPIED,
                    KillPoint.TAKE_COMMITTED);

    /** How often a process passes a place before it dies there, at most; others more often. */
    private static final Map<KillPoint, Integer> RARE =
            Map.of(
                    KillPoint.LOCK_TAKEN_OVER, 1,
                    KillPoint.REMOVE_COMMITTED, 3,
                    KillPoint.REMOVE_MARKED, 3,
                    KillPoint.PUT_FILE_WRITTEN, 10,
                    KillPoint.TAKE_FILE_READ, 10,
                    KillPoint.WAIT_ANNOUNCED, 40,
                    KillPoint.WAKE_CLAIMED, 40,
                    KillPoint.LANE_FILE_WRITTEN, 2);

    private static final int OFTEN = 400;

    private final Map<KillPoint, Integer> deaths = new EnumMap<>(KillPoint.class);
    private final int wanted;

    /** Wants each of these places this many times. */
    public StormPoints(Set<KillPoint> points, int wanted) {
        points.forEach(point -> deaths.put(point, 0));
        this.wanted = wanted;
    }

    /** Places for a queue whose elements are taken. */
    public static Set<KillPoint> ofTaking() {
        Set<KillPoint> points = EnumSet.range(KillPoint.PUT_LOCKED, KillPoint.WAKE_CLAIMED);
        points.removeAll(EnumSet.range(KillPoint.LEASE_PREPARED, KillPoint.LEASE_ACKNOWLEDGED));
        return points;
    }

    /** Places for a queue whose elements are put and taken many at once. */
    public static Set<KillPoint> ofDraining() {
        Set<KillPoint> points = ofTaking();
        points.removeAll(EnumSet.of(KillPoint.REMOVE_COMMITTED, KillPoint.REMOVE_MARKED));
        return points;
    }

    /** Places for a queue whose elements are leased. */
    public static Set<KillPoint> ofLeasing() {
        Set<KillPoint> points =
                EnumSet.range(KillPoint.LEASE_PREPARED, KillPoint.LEASE_ACKNOWLEDGED);
        points.addAll(OF_PRODUCERS);
        points.addAll(OF_ALL);
        points.addAll(EnumSet.range(KillPoint.TAKE_LOCKED, KillPoint.TAKE_UNLOCKED));
        return points;
    }

    /** Places for a connection over one of the wires. */
    public static Set<KillPoint> ofPipes(boolean lanes) {
        return lanes
                ? EnumSet.range(KillPoint.LANE_COPIED, KillPoint.LANE_FILE_WRITTEN)
                : EnumSet.range(KillPoint.SOCKET_FRAME_BEGUN, KillPoint.SOCKET_FRAME_READ);
    }

    /** Where a new process is to die, in the form that {@link KillPoint} reads. */
    public String choose(boolean producer, Random random) {
        List<KillPoint> candidates = new ArrayList<>();
        boolean holders = random.nextInt(3) == 0 && !isDone(KillPoint.LOCK_TAKEN_OVER);
        for (KillPoint point : deaths.keySet()) {
            boolean fits = OF_ALL.contains(point) || OF_PRODUCERS.contains(point) == producer;
            if (fits && (holders ? OF_HOLDERS.contains(point) : !isDone(point))) {
                candidates.add(point);
            }
        }
        if (candidates.isEmpty()) {
            return "";
        }
        KillPoint point = candidates.get(random.nextInt(candidates.size()));
        return point + ":" + (1 + random.nextInt(RARE.getOrDefault(point, OFTEN)));
    }

    private boolean isDone(KillPoint point) {
        return deaths.getOrDefault(point, wanted) >= wanted;
    }

    public boolean areDone() {
        return deaths.keySet().stream().allMatch(this::isDone);
    }

    /** Counts a process that died at a place. */
    public void count(String choice) {
        KillPoint point = KillPoint.valueOf(choice.substring(0, choice.indexOf(':')));
        deaths.merge(point, 1, Integer::sum);
    }

    @Override
    public String toString() {
        return deaths.toString();
    }
}
