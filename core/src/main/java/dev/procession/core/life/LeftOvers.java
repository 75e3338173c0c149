package dev.procession.core.life;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A directory that dead programs of this user have left: a session, the spare directory of one, or
 * a name. The start of a program removes what is in its own place; here are all places.
 *
 * @param directory the directory that no living process uses
 * @param bytes how long its files are
 */
public record LeftOvers(Path directory, long bytes) {

    /**
     * Finds what is left, and removes nothing.
     *
     * @param failed gets the reason for each place that cannot be looked at
     */
    public static List<LeftOvers> find(Consumer<IOException> failed) throws IOException {
        return all(false, failed);
    }

    /**
     * Removes what is left.
     *
     * @param failed gets the reason for each place or directory that cannot be removed
     * @return what was removed
     */
    public static List<LeftOvers> remove(Consumer<IOException> failed) throws IOException {
        return all(true, failed);
    }

    private static List<LeftOvers> all(boolean remove, Consumer<IOException> failed)
            throws IOException {
        List<LeftOvers> found = new ArrayList<>();
        Set<Path> spareBases = new LinkedHashSet<>();
        for (Path base : SessionPlace.allBases()) {
            Path parent = base.getParent();
            SessionPlace place = SessionPlace.in(parent.toFile());
            Search sessions = () -> SessionDirectory.dead(base, place);
            search(base, sessions, remove, found, failed);
            Path names = NamedMembers.namesDirectory(parent);
            search(names, () -> NamedMembers.dead(names), remove, found, failed);
            Path spares = place.spareBase();
            if (!SessionPlace.allBases().contains(spares) && spareBases.add(spares)) {
                Search unused = () -> SessionDirectory.dead(spares, place);
                search(spares, unused, remove, found, failed);
            }
        }
        return found;
    }

    /** Finds dead directories, under the guard of the directory that contains them. */
    private interface Search {
        List<Path> run() throws IOException;
    }

    private static void search(
            Path base,
            Search search,
            boolean remove,
            List<LeftOvers> found,
            Consumer<IOException> failed) {
        if (!Files.isDirectory(base)) {
            return;
        }
        try {
            SessionDirectory.guarded(
                    base,
                    () -> {
                        for (Path directory : search.run()) {
                            take(directory, remove, found, failed);
                        }
                        SessionDirectory.removeIfEmpty(base);
                        return base;
                    });
        } catch (IOException e) {
            failed.accept(e);
        }
    }

    private static void take(
            Path directory, boolean remove, List<LeftOvers> found, Consumer<IOException> failed) {
        long bytes = FoundSession.bytes(directory);
        try {
            if (remove) {
                SessionDirectory.delete(directory);
            }
            found.add(new LeftOvers(directory, bytes));
        } catch (IOException e) {
            failed.accept(e);
        }
    }
}
