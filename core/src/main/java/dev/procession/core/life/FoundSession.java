package dev.procession.core.life;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A session of this user that was found by its directory, from any process. Only reads: no lock is
 * tried, because that could drop one of this process's own.
 *
 * @param home its directory
 * @param spare its spare directory, which need not exist
 * @param members its processes, dead ones whose files are left included; in order of their numbers
 * @param bytes how long all its files are, in both directories
 */
public record FoundSession(Path home, Path spare, List<Member> members, long bytes) {

    private static final Pattern NAME = Pattern.compile("[0-9]+-[0-9]+-[0-9a-f]+");
    private static final Pattern LIFE_FILE = Pattern.compile(DirectoryLayout.LIFE_FILE_PATTERN);

    /**
     * A process of a session.
     *
     * @param number its number in the session
     * @param pid its process; 0 for a dead one
     * @param listens whether it can be asked
     */
    public record Member(long number, long pid, boolean listens) {

        /** Whether the process lives. */
        public boolean isAlive() {
            return pid != 0;
        }
    }

    /**
     * Returns all sessions of this user, left-overs of dead ones included. A directory that another
     * user has made under this one's name does not count: its processes would answer as this
     * user's.
     */
    public static List<FoundSession> all() throws IOException {
        Map<String, Long> holders = lockHolders();
        List<FoundSession> found = new ArrayList<>();
        for (Path base : SessionPlace.allBases()) {
            try {
                if (SessionDirectory.isPrivate(base)) {
                    addAll(base, holders, found);
                }
            } catch (NoSuchFileException | AccessDeniedException e) {
                // This user has no session there, or another user has; or the last one has ended.
            } catch (DirectoryIteratorException e) {
                ifRemoved(e);
            }
        }
        return found;
    }

    private static void addAll(Path base, Map<String, Long> holders, List<FoundSession> found)
            throws IOException {
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(base)) {
            for (Path home : homes) {
                if (NAME.matcher(home.getFileName().toString()).matches()
                        && Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)
                        && Files.exists(home.resolve(DirectoryLayout.SECRET))) {
                    found.add(read(home, holders));
                }
            }
        }
    }

    /** The process that made the session, and whose end ends it; 0 if it is dead. */
    public long rootPid() {
        return members.stream()
                .filter(member -> member.number() == Session.ROOT)
                .mapToLong(Member::pid)
                .findFirst()
                .orElse(0);
    }

    private static FoundSession read(Path home, Map<String, Long> holders) throws IOException {
        Path spare =
                SessionPlace.in(home.getParent().getParent().toFile())
                        .spareBase()
                        .resolve(home.getFileName());
        List<Member> members = members(home, holders);
        if (members.stream()
                        .noneMatch(member -> member.number() == Session.ROOT && member.isAlive())
                && SessionPlace.isOfLivingRoot(home)) {
            // It has just started, or a cleaner of temporary files has removed its life file.
            members.removeIf(member -> member.number() == Session.ROOT);
            members.add(
                    new Member(
                            Session.ROOT,
                            SessionPlace.rootPid(home),
                            Files.exists(DirectoryLayout.socket(home, Session.ROOT))));
        }
        members.sort(Comparator.comparingLong(Member::number));
        return new FoundSession(home, spare, List.copyOf(members), bytes(home) + bytes(spare));
    }

    /** Returns those who have a life file in a directory. */
    static List<Member> members(Path home, Map<String, Long> holders) throws IOException {
        List<Member> members = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(home, DirectoryLayout.LIFE_FILES)) {
            for (Path file : files) {
                if (LIFE_FILE.matcher(file.getFileName().toString()).matches()) {
                    long number = DirectoryLayout.memberOfLifeFile(file);
                    members.add(
                            new Member(
                                    number,
                                    holder(file, holders),
                                    Files.exists(DirectoryLayout.socket(home, number))));
                }
            }
        } catch (NoSuchFileException e) {
            // The session or the name has just ended.
        } catch (DirectoryIteratorException e) {
            ifRemoved(e);
        }
        return members;
    }

    /** A directory that is removed while it is read has no more entries; throws all else. */
    static void ifRemoved(DirectoryIteratorException e) throws IOException {
        if (!(e.getCause() instanceof NoSuchFileException)) {
            throw e.getCause();
        }
    }

    /**
     * Returns the process of a member that has joined a session or a name since this was read; 0 if
     * it is dead.
     */
    public static long pidOf(Path home, long member) {
        try {
            return holder(DirectoryLayout.lifeFile(home, member), lockHolders());
        } catch (IOException e) {
            return 0; // the kernel does not tell
        }
    }

    private static long holder(Path file, Map<String, Long> holders) {
        try {
            long device = (long) Files.getAttribute(file, "unix:dev");
            long inode = (long) Files.getAttribute(file, "unix:ino");
            long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
            long minor = (device & 0xff) | ((device >>> 12) & ~0xffL);
            return holders.getOrDefault(String.format("%02x:%02x:%d", major, minor, inode), 0L);
        } catch (IOException | UnsupportedOperationException e) {
            return 0; // the file is gone
        }
    }

    /** Returns the processes that hold locks of files, by device and inode as the kernel says. */
    static Map<String, Long> lockHolders() throws IOException {
        Map<String, Long> holders = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
            String[] words = line.trim().split(" +", -1);
            // 1: POSIX ADVISORY WRITE pid major:minor:inode from to; "->" stands for a waiter
            if (words.length == 8) {
                holders.put(words[5], Long.parseLong(words[4]));
            }
        }
        return holders;
    }

    /** Returns how long all files in a directory are. */
    static long bytes(Path directory) {
        long[] sum = {0};
        try {
            Files.walkFileTree(
                    directory,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
                            sum[0] += found.size();
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            return FileVisitResult.CONTINUE; // it was removed meanwhile
                        }
                    });
        } catch (IOException | UncheckedIOException e) {
            return sum[0]; // the directory was removed meanwhile
        }
        return sum[0];
    }

    /** Whether its root has died, so that the next start of any program removes the rest. */
    public boolean isLeftOver() {
        return rootPid() == 0;
    }
}
