package dev.procession.core.launch;

import dev.procession.core.log.Log;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The archive of loaded classes that makes children start faster: AppCDS, from JDK 25 on the AOT
 * cache. Children only read it. A parent makes it in the background, once for each class path and
 * JVM.
 *
 * <p>A child never fails because the archive is missing, has changed since it was checked, or does
 * not fit: its JVM then starts without one, and silently, as warnings about archives are turned
 * off.
 */
final class StartupArchive {

    private static final Log LOG = Log.of(StartupArchive.class);

    /** A system property: the directory of archives, instead of the user's cache directory. */
    static final String DIRECTORY_PROPERTY = "procession.archive.directory";

    private static final long TRAINING_DELAY_MILLIS = 2_000;

    private static final AtomicBoolean trainingPlanned = new AtomicBoolean();

    private static final int MOST_KEYS = 32;

    /**
     * The keys, by all inputs that can differ between two children; the oldest entry is removed
     * first. The working directory is not one of them: if it is set, the class path has no relative
     * entries.
     */
    private static final Map<String, @Nullable ArchiveKey> KEYS = new LinkedHashMap<>();

    private StartupArchive() {}

    /**
     * Returns the flags by which a child uses its archive; empty if there is none for it. Takes
     * some microseconds, and more at the first call for a class path.
     */
    static List<String> flags(LaunchOptions options) {
        ArchiveKey key = key(options);
        if (key == null || !key.isSealed() || !ArchiveTrust.isTrusted(key.directory())) {
            return List.of();
        }
        return key.useFlags(key.archive(), false);
    }

    /** The key for these options, null if there can be no archive or archives are off. */
    static @Nullable ArchiveKey key(LaunchOptions options) {
        File directory = directory();
        if (directory == null || !ArchiveKey.admits(options)) {
            return null;
        }
        String all =
                options.effectiveJavaHome().toString()
                        + '\n'
                        + GcFlags.flags(options)
                        + '\n'
                        + directory
                        + '\n'
                        + options.program().classPath();
        synchronized (KEYS) {
            if (KEYS.containsKey(all)) {
                return KEYS.get(all);
            }
            ArchiveKey key = ArchiveKey.of(options, directory);
            if (KEYS.size() == MOST_KEYS) {
                KEYS.remove(KEYS.keySet().iterator().next()); // each holds a class path
            }
            KEYS.put(all, key);
            return key;
        }
    }

    /** The number of cached keys, for tests. */
    static int keptKeys() {
        synchronized (KEYS) {
            return KEYS.size();
        }
    }

    /** The directory of archives; null if they are off or no directory is known. */
    private static @Nullable File directory() {
        if ("off".equals(System.getProperty(ArchiveKey.PROPERTY))) {
            return null;
        }
        String configured = System.getProperty(DIRECTORY_PROPERTY);
        if (configured != null) {
            return new File(configured).getAbsoluteFile();
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        if (cache != null && cache.startsWith("/")) {
            return new File(cache, "procession");
        }
        String home = System.getenv("HOME");
        return home == null || !home.startsWith("/") ? null : new File(home, ".cache/procession");
    }

    /**
     * Makes the archive for these options later, in the background, if there is none. Only the
     * first call in a JVM has an effect, and none fails.
     */
    static void trainLater(LaunchOptions options) {
        if (trainingPlanned.get() || !trainingPlanned.compareAndSet(false, true)) {
            return;
        }
        try {
            startTraining(options);
        } catch (
                Throwable e) { // no thread, say; the archive only makes later children start faster
            LOG.report(Level.WARNING, "cannot train a start-up archive", e);
        }
    }

    private static void startTraining(LaunchOptions options) {
        Thread thread =
                new Thread(
                        null,
                        new Runnable() {
                            @Override
                            public void run() {
                                trainWhenDue(options);
                            }
                        },
                        "procession-archive",
                        1 << 18);
        thread.setDaemon(true);
        thread.start();
    }

    private static void trainWhenDue(LaunchOptions options) {
        try {
            Thread.sleep(TRAINING_DELAY_MILLIS); // leaves the processors to the program's start
            ArchiveKey key = key(options);
            if (key != null && ArchiveTraining.isDue(key)) {
                train(options, true);
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "no start-up archive was made: {0}", e.toString());
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "no start-up archive was made", e);
        }
    }

    /**
     * Makes the archive for these options unless a good one exists; blocks for some seconds.
     *
     * @return whether a good one exists now; false too while another process makes it
     */
    static boolean train(LaunchOptions options) {
        return train(options, false);
    }

    private static boolean train(LaunchOptions options, boolean inBackground) {
        ArchiveKey key = key(options);
        if (key == null) {
            return false;
        }
        try {
            String failure = new ArchiveTraining(key, options, inBackground).run();
            if (failure != null) {
                LOG.log(Level.DEBUG, "no start-up archive was made: {0}", failure);
            }
            return failure == null;
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "no start-up archive was made", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
