package dev.procession.core.life;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A name of {@link NamedMembers} that was found by its directory, from any process. Only reads, and
 * tries no lock.
 *
 * @param home its directory, which is called as the name is
 * @param spare its spare directory, which need not exist
 * @param members those who joined, dead ones whose files are left included
 */
public record FoundName(Path home, Path spare, List<FoundSession.Member> members) {

    /** Returns all names of this user; in order. */
    public static List<FoundName> all() throws IOException {
        Map<String, Long> holders = FoundSession.lockHolders();
        List<FoundName> found = new ArrayList<>();
        for (Path base : SessionPlace.allBases()) {
            for (Path home : homes(NamedMembers.namesDirectory(base.getParent()))) {
                List<FoundSession.Member> members = FoundSession.members(home, holders);
                found.add(new FoundName(home, NamedMembers.spareOf(home), List.copyOf(members)));
            }
        }
        return found;
    }

    private static List<Path> homes(Path names) throws IOException {
        List<Path> homes = new ArrayList<>();
        try {
            if (!SessionDirectory.isPrivate(names)) {
                return homes;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(names)) {
                for (Path home : entries) {
                    if (Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
                        homes.add(home);
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            return homes; // there are no names, or no more
        } catch (DirectoryIteratorException e) {
            FoundSession.ifRemoved(e);
        }
        homes.sort(null);
        return homes;
    }

    /** The name. */
    public String name() {
        return home.getFileName().toString();
    }
}
