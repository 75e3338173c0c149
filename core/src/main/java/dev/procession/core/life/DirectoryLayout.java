package dev.procession.core.life;

import java.nio.file.Path;

/**
 * The names of the files in a directory that processes share: a session's, its spare one, or a
 * named queue's. Nothing else spells or takes apart a name.
 *
 * <pre>
 *   m&lt;member&gt;                  life file, locked by the member while it lives
 *   m&lt;member&gt;[.&lt;tag&gt;].new      the same before it is locked
 *   s&lt;member&gt;                  its listening socket, if it has one
 *   u&lt;member&gt;                  in a spare directory: locked by a member that has files there
 *   secret                     what both ends of a link prove to know
 *   members                    the counter of members (a segment)
 *   c&lt;member&gt;.args             the argument file of a child that is starting
 *   c&lt;member&gt;.start            what that child is to run
 *   l&lt;member&gt;-&lt;n&gt;              a lane that this member made (a segment)
 *   b&lt;member&gt;-&lt;n&gt;              a message too large for a link, written by this member
 *   p&lt;lane&gt;-&lt;member&gt;-&lt;n&gt;       a message too large for this lane, written by this member
 *   g&lt;member&gt;-&lt;n&gt;/             the directory of a manager that this member started
 *   q, q&lt;member&gt;-&lt;n&gt;           a queue: a named one, one that this member made (a segment)
 *   &lt;queue&gt;.b&lt;member&gt;          the bell of a member at that queue (a socket)
 *   &lt;queue&gt;.e&lt;member&gt;-&lt;n&gt;      an element too large for that queue, written by this member
 *   &lt;queue&gt;.l&lt;member&gt;-&lt;n&gt;      the same, leased by this member
 * </pre>
 *
 * <p>{@code member} and {@code n} are decimal, {@code lane} is hexadecimal: the maker's number in
 * the upper half, the lane's among those of its maker in the lower one.
 */
public final class DirectoryLayout {

    /** The counter of members. */
    static final String MEMBERS = "members";

    /** What both ends of a link prove to know. */
    static final String SECRET = "secret";

    /** What a file's name ends with until the file is whole. */
    public static final String DRAFT = ".new";

    /** The lanes in a directory. */
    public static final String LANES = "l*-*";

    /** Queues in a directory, and all that belongs to them. */
    public static final String QUEUES = "q*";

    /** The segment of a named queue. */
    public static final String NAMED_QUEUE = "q";

    /** Life files, drafts of them among them. */
    static final String LIFE_FILES = "m[0-9]*";

    /** Drafts of life files. */
    static final String LIFE_DRAFTS = LIFE_FILES + DRAFT;

    /** Life files, and the locks of members with files in a spare directory. */
    static final String SPARE_USERS = "[mu][0-9]*";

    /** A life file that is locked or was; no draft. */
    static final String LIFE_FILE_PATTERN = "m[0-9]{1,18}";

    private DirectoryLayout() {}

    /** A member's proof of life. */
    public static Path lifeFile(Path directory, long member) {
        return directory.resolve("m" + member);
    }

    /** The member whose life file this is. */
    static long memberOfLifeFile(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(1));
    }

    /** The pattern of the drafts of life files with a tag. */
    static String lifeDraftPattern(String tagPattern) {
        return LIFE_FILE_PATTERN + "[.]" + tagPattern + "\\" + DRAFT;
    }

    /** The lock of a member that has files in a spare directory. */
    static Path spareUser(Path spare, long member) {
        return spare.resolve("u" + member);
    }

    /** Where a member listens. */
    static Path socket(Path directory, long member) {
        return directory.resolve("s" + member);
    }

    /** All that goes with a dead member but lanes and queues, which others may use. */
    static String filesOf(long member) {
        return "{[msu]" + member + ",[mu]" + member + DRAFT + ",c" + member + ".*,[bg]" + member
                + "-*}";
    }

    /** The argument file of a child that is starting. */
    public static String childArguments(long member) {
        return "c" + member + ".args";
    }

    /** What a child that is starting is to run. */
    public static String childStart(long member) {
        return "c" + member + ".start";
    }

    /** The directory of a manager. */
    public static String manager(long member, long number) {
        return "g" + member + "-" + number;
    }

    /** A lane. */
    public static String lane(long member, long number) {
        return "l" + member + "-" + number;
    }

    /** The id of a lane: its maker's number, and the lane's among those of its maker. */
    public static long laneId(long member, long number) {
        return member << 32 | number;
    }

    /** The id of the lane with this file. */
    public static long laneId(Path lane) {
        String name = lane.getFileName().toString();
        int dash = name.indexOf('-');
        return laneId(
                Long.parseLong(name.substring(1, dash)), Long.parseLong(name.substring(dash + 1)));
    }

    /** A message too large for a link. */
    public static String linkSpill(long member, long number) {
        return "b" + member + "-" + number;
    }

    /** A message too large for a lane. */
    public static String laneSpill(long lane, long member, long number) {
        return laneSpillPrefix(lane) + member + "-" + number;
    }

    /** All messages too large for a lane. */
    public static String laneSpills(long lane) {
        return laneSpillPrefix(lane) + "*";
    }

    private static String laneSpillPrefix(long lane) {
        return "p" + Long.toHexString(lane) + "-";
    }

    /** True of the name of a message too large for a link or a lane. */
    public static boolean isSpill(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("b") || name.startsWith("p");
    }

    /**
     * The member that wrote a message too large for a lane.
     *
     * @throws NumberFormatException if it is no such name
     */
    public static long writerOfLaneSpill(Path file) {
        String[] parts = file.getFileName().toString().split("-", -1);
        return Long.parseLong(parts.length > 1 ? parts[1] : "");
    }

    /** A queue that this member made. */
    public static String queue(long member, long number) {
        return queuesOf(member) + number;
    }

    /** True of the name of a queue that this member made. */
    public static boolean isQueueOf(String queue, long member) {
        return queue.startsWith(queuesOf(member));
    }

    private static String queuesOf(long member) {
        return NAMED_QUEUE + member + "-";
    }

    /** True of a queue's own file, and not of one that belongs to it. */
    public static boolean isQueue(Path file) {
        return !file.getFileName().toString().contains(".");
    }

    /** All that belongs to a queue. */
    public static String filesOfQueue(String queue) {
        return queue + ".*";
    }

    /** The bell of a member at a queue. */
    public static String queueBell(String queue, long member) {
        return queue + ".b" + member;
    }

    /** The bells of a member at all queues. */
    public static String queueBells(long member) {
        return queueBell(QUEUES, member);
    }

    /** An element too large for a queue. */
    public static String queueSpill(String queue, long member, long number) {
        return queue + ".e" + member + "-" + number;
    }

    /** The elements too large for a queue that a member wrote. */
    public static String queueSpills(String queue, long member) {
        return queue + ".e" + member + "-*";
    }

    /** The same, leased. */
    public static String queueLease(String queue, long member, long number) {
        return queue + ".l" + member + "-" + number;
    }

    /** The leased elements too large for a queue. */
    public static String queueLeases(String queue) {
        return queue + ".l*-*";
    }

    /** Who leased the element with this file. */
    public static long holderOfQueueLease(Path lease) {
        String name = lease.getFileName().toString();
        return Long.parseLong(name.substring(name.lastIndexOf(".l") + 2, name.lastIndexOf('-')));
    }

    /** The elements too large for a queue, leased or not, and the bells. */
    public static String filesOfQueueMembers(String queue) {
        return queue + ".[ebl]*";
    }
}
