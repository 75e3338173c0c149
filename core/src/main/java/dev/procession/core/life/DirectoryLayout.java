package dev.procession.core.life;

import java.nio.file.Path;

/**
 * The names of the files in a directory that processes share: a session's, its spare one, or a
 * named queue's. Only this class composes and parses their names.
 *
 * <pre>
 *   m&lt;member&gt;                  life file, locked by the member while it lives
 *   m&lt;member&gt;[.&lt;tag&gt;].new      the same before it is locked
 *   s&lt;member&gt;                  its listening socket, if it has one
 *   u&lt;member&gt;                  in a spare directory: locked by a member that has files there
 *   secret                     the secret that both ends of a link prove to know
 *   members                    the counter of members (a segment)
 *   c&lt;member&gt;.args             the argument file of a child that is starting
 *   c&lt;member&gt;.start            the entry point of that child
 *   l&lt;member&gt;-&lt;n&gt;              a lane that this member made (a segment)
 *   b&lt;member&gt;-&lt;n&gt;              a spill file that is no lane's, written by this member
 *   p&lt;lane&gt;-&lt;member&gt;-&lt;n&gt;       a spill file of this lane, written by this member
 *   g&lt;member&gt;-&lt;n&gt;/             the directory of a manager that this member started
 *   v&lt;member&gt;-&lt;n&gt;              whether a value that this member shares is closed (a segment)
 *   v&lt;member&gt;-&lt;n&gt;.value        the same value, encoded
 *   q&lt;member&gt;-&lt;n&gt;              a queue that this member made (a segment)
 *   q1-&lt;time&gt;                  the queue of a name, in that name's own directory (a segment)
 *   &lt;queue&gt;.b&lt;member&gt;          the bell of a member at that queue (a socket)
 *   &lt;queue&gt;.e&lt;member&gt;-&lt;n&gt;      a spill file of that queue, written by this member
 *   &lt;queue&gt;.l&lt;member&gt;-&lt;n&gt;      a spill file of that queue, leased by this member
 * </pre>
 *
 * <p>{@code member} and {@code n} are decimal, {@code time} is hexadecimal. {@code lane} is the
 * lane's id in hexadecimal: the member that made it in the upper half, and its {@code n} in the
 * lower half.
 */
public final class DirectoryLayout {

    /** The counter of members. */
    static final String MEMBERS = "members";

    /** The secret that both ends of a link prove to know. */
    static final String SECRET = "secret";

    /** The end of a file's name until the file is whole. */
    public static final String DRAFT = ".new";

    /** The glob of the lanes in a directory. */
    public static final String LANES = "l*-*";

    /** The glob of the queues in a directory, and of all files that belong to them. */
    public static final String QUEUES = "q*";

    /** Stands for the segment of a queue that is gone; there is no such file. */
    public static final String GONE_QUEUE = "q";

    /** The glob of the life files and their drafts. */
    static final String LIFE_FILES = "m[0-9]*";

    /** The glob of the drafts of life files. */
    static final String LIFE_DRAFTS = LIFE_FILES + DRAFT;

    /** The glob of the life files, and of the locks of members with files in a spare directory. */
    static final String SPARE_USERS = "[mu][0-9]*";

    /** The pattern of a life file that is or was locked, and is not a draft. */
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
        return "m[0-9]+[.]" + tagPattern + "\\" + DRAFT;
    }

    /** The lock of a member that has files in a spare directory. */
    static Path spareUser(Path spare, long member) {
        return spare.resolve("u" + member);
    }

    /** The socket on which a member listens. */
    public static Path socket(Path directory, long member) {
        return directory.resolve("s" + member);
    }

    /**
     * The glob of all files that are removed after a member's death. Lanes and queues are not among
     * them, because other members may use them.
     */
    static String filesOf(long member) {
        return "{[msu]"
                + member
                + ",[mu]"
                + member
                + DRAFT
                + ",c"
                + member
                + ".*,[bgv]"
                + member
                + "-*}";
    }

    /** The argument file of a child that is starting. */
    public static String childArguments(long member) {
        return "c" + member + ".args";
    }

    /** The entry point of a child that is starting. */
    public static String childStart(long member) {
        return "c" + member + ".start";
    }

    /** The directory of a manager. */
    public static String manager(long member, long number) {
        return "g" + member + "-" + number;
    }

    /** The segment of a value that this member shares. */
    public static String shared(long member, long number) {
        return "v" + member + "-" + number;
    }

    /** The file with the value that has this segment. */
    public static String sharedContent(String shared) {
        return shared + ".value";
    }

    /** True for the name of a segment or a file of a shared value. */
    public static boolean isShared(Path file) {
        return file.getFileName().toString().startsWith("v");
    }

    /** A lane. */
    public static String lane(long member, long number) {
        return "l" + member + "-" + number;
    }

    /**
     * The id of a lane: the number of the member that made it, and the number that this member gave
     * it.
     */
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

    /** A spill file that belongs to its writer: of a control link, or of a task. */
    public static String memberSpill(long member, long number) {
        return "b" + member + "-" + number;
    }

    /** A spill file of a lane. */
    public static String laneSpill(long lane, long member, long number) {
        return laneSpillPrefix(lane) + member + "-" + number;
    }

    /** The glob of all spill files of a lane. */
    public static String laneSpills(long lane) {
        return laneSpillPrefix(lane) + "*";
    }

    private static String laneSpillPrefix(long lane) {
        return "p" + Long.toHexString(lane) + "-";
    }

    /** True for the name of a spill file of a member or a lane. */
    public static boolean isSpill(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("b") || name.startsWith("p");
    }

    /**
     * The member that wrote a spill file of a lane.
     *
     * @throws NumberFormatException if the name is not that of such a file
     */
    public static long writerOfLaneSpill(Path file) {
        String[] parts = file.getFileName().toString().split("-", -1);
        return Long.parseLong(parts.length > 1 ? parts[1] : "");
    }

    /** A queue that this member made. */
    public static String queue(long member, long number) {
        return queuesOf(member) + number;
    }

    /** The queue of a name, in that name's own directory; another time gives another file. */
    public static String namedQueue(long time) {
        return queuesOf(NamedMembers.FOUNDER) + Long.toHexString(time);
    }

    /** True for the name of a queue that this member made. */
    public static boolean isQueueOf(String queue, long member) {
        return queue.startsWith(queuesOf(member));
    }

    private static String queuesOf(long member) {
        return "q" + member + "-";
    }

    /** True for a queue's segment, and false for a file that belongs to a queue. */
    public static boolean isQueue(Path file) {
        return !file.getFileName().toString().contains(".");
    }

    /** The glob of all files that belong to a queue. */
    public static String filesOfQueue(String queue) {
        return queue + ".*";
    }

    /** The bell of a member at a queue. */
    public static String queueBell(String queue, long member) {
        return queue + ".b" + member;
    }

    /** The glob of a member's bells at all queues. */
    public static String queueBells(long member) {
        return queueBell(QUEUES, member);
    }

    /** A spill file of a queue. */
    public static String queueSpill(String queue, long member, long number) {
        return queue + ".e" + member + "-" + number;
    }

    /** The glob of the spill files of a queue that a member wrote. */
    public static String queueSpills(String queue, long member) {
        return queue + ".e" + member + "-*";
    }

    /** The spill file of a queue with an element that a member leased. */
    public static String queueLease(String queue, long member, long number) {
        return queue + ".l" + member + "-" + number;
    }

    /** The glob of the spill files of a queue with leased elements. */
    public static String queueLeases(String queue) {
        return queue + ".l*-*";
    }

    /** The member that leased the element in this file. */
    public static long holderOfQueueLease(Path lease) {
        String name = lease.getFileName().toString();
        return Long.parseLong(name.substring(name.lastIndexOf(".l") + 2, name.lastIndexOf('-')));
    }

    /** The glob of a queue's spill files, leased or not, and of its bells. */
    public static String filesOfQueueMembers(String queue) {
        return queue + ".[ebl]*";
    }
}
