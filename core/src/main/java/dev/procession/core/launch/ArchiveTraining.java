package dev.procession.core.launch;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Makes an archive: a trainer JVM writes it into a directory of its own, a second JVM starts with
 * it to check it, then a rename publishes it.
 *
 * <p>The process that locks the key's lock file is the only trainer, so all older temporary files
 * of the key are leftovers of dead ones. The trainer JVM dies with this process: by its shutdown
 * hook, or because its standard input ends.
 */
final class ArchiveTraining {

    /** One training at a time in this JVM: opening a lock file twice would drop its lock. */
    private static final AtomicBoolean busy = new AtomicBoolean();

    private static final long TIMEOUT_SECONDS = 60;
    private static final long STOP_MILLIS = 500;
    private static final long RETRY_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final int MAX_SUN_PATH = 106;
    private static final int SESSION_PATH = 50;
    private static final int MAX_REASON = 4096;

    private final ArchiveKey key;
    private final LaunchOptions options;
    private final boolean inBackground;
    private @Nullable Process process;
    private boolean stopped;

    /**
     * Creates a training for these options.
     *
     * @param inBackground whether the trainer JVM runs at the lowest priority
     */
    ArchiveTraining(ArchiveKey key, LaunchOptions options, boolean inBackground) {
        this.key = key;
        this.options = options;
        this.inBackground = inBackground;
    }

    /**
     * True if the archive must be made. If it exists, this sets the time of the lock file, which
     * records its last use. A failed training is not repeated within a day.
     */
    static boolean isDue(ArchiveKey key) {
        long now = System.currentTimeMillis();
        File lock = key.lock();
        if (key.isSealed()) {
            lock.setLastModified(now);
            return false;
        }
        return lock.length() == 0 || now - lock.lastModified() > RETRY_MILLIS;
    }

    /** Makes or checks the archive; returns null if it exists now, otherwise the reason. */
    @Nullable String run() throws IOException, InterruptedException {
        if (!busy.compareAndSet(false, true)) {
            return "this process makes another one";
        }
        try {
            makeDirectory(key.directory().toPath());
            if (!ArchiveTrust.isTrusted(key.directory())) {
                return "others can write to the directory: path=" + key.directory();
            }
            try (FileChannel channel =
                            FileChannel.open(
                                    key.lock().toPath(),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    return "another process makes it";
                }
                String failure = runLocked();
                if (!isStopped()) {
                    byte[] reason =
                            failure == null
                                    ? new byte[0]
                                    : failure.getBytes(StandardCharsets.UTF_8);
                    channel.truncate(0);
                    channel.write(ByteBuffer.wrap(reason));
                }
                return failure;
            }
        } finally {
            busy.set(false);
        }
    }

    private static void makeDirectory(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    private @Nullable String runLocked() throws IOException, InterruptedException {
        ArchiveSweep.leftovers(key);
        File archive = key.archive();
        Path work = key.directory().toPath().resolve(workName());
        Files.createDirectory(work);
        Path session = makeSessionDirectory(work);
        Thread hook = new Thread(() -> stop(work, session), "procession-archive-end");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            delete(work, session);
            return "this process is ending";
        }
        try {
            if (archive.isFile()) {
                if (key.isSealed()
                        && rehearse(work, session, key.useFlags(archive, true)) == null) {
                    return null;
                }
                Files.deleteIfExists(archive.toPath());
            }
            File made = work.resolve("archive").toFile();
            String failure = rehearse(work, session, key.makeFlags(made));
            if (failure == null && !made.isFile()) {
                failure = "the JVM wrote no archive: " + log(work);
            }
            if (failure == null) {
                failure = rehearse(work, session, key.useFlags(made, true));
            }
            if (failure == null && !made.setLastModified(key.seal(made))) {
                failure = "cannot set the time of a file: path=" + made;
            }
            if (failure == null) {
                Files.move(made.toPath(), archive.toPath(), StandardCopyOption.ATOMIC_MOVE);
                ArchiveSweep.unused(key);
            }
            return failure;
        } finally {
            if (!isStopped()) {
                removeHook(hook);
                delete(work, session);
            }
        }
    }

    private String workName() {
        return key.prefix() + Long.toString(ProcessHandle.current().pid(), 36) + ".tmp";
    }

    /**
     * Makes the directory of the trainer's session: outside the working directory if that path is
     * too long for sockets. Then a link in the working directory names it before it is made, so
     * that {@link ArchiveSweep} finds it after this process was killed.
     */
    private static Path makeSessionDirectory(Path work) throws IOException {
        if (isShort(work)) {
            return work;
        }
        String random = Integer.toHexString(ThreadLocalRandom.current().nextInt());
        Path session = work.resolveSibling("s" + random);
        if (!isShort(session)) {
            String temporary = System.getProperty("java.io.tmpdir");
            session = Path.of(temporary, "procession-" + random).toAbsolutePath();
        }
        Files.createSymbolicLink(work.resolve(ArchiveKey.SESSION_LINK), session);
        Files.createDirectory(
                session,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return session;
    }

    private static boolean isShort(Path directory) {
        int user = System.getProperty("user.name").length();
        return directory.toString().length() + user + SESSION_PATH <= MAX_SUN_PATH;
    }

    /** Runs {@link ArchiveTrainer} with these flags; null when it exits with 0. */
    private @Nullable String rehearse(Path work, Path session, List<String> flags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(priority());
        command.add(options.effectiveJavaHome().resolve("bin").resolve("java").toString());
        command.addAll(GcFlags.flags(options));
        command.add("-XX:-UsePerfData");
        command.add("-XX:ErrorFile=" + work.resolve("crash"));
        command.add("-XX:-CreateCoredumpOnCrash");
        command.addAll(flags);
        command.add("-Dprocession.directory=" + session);
        command.add("-Djava.io.tmpdir=" + session);
        command.add("-D" + ArchiveKey.PROPERTY + "=off");
        command.add("-cp");
        command.add(key.classPath());
        command.add(ArchiveTrainer.class.getName());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(work.resolve("log").toFile());
        options.applyTo(builder);
        Process trainer = start(builder);
        if (trainer == null) {
            return "this process is ending";
        }
        try {
            if (!trainer.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                return "the trainer took more than " + TIMEOUT_SECONDS + " s: " + log(work);
            }
            int code = trainer.exitValue();
            return code == 0 ? null : "the trainer " + ExitCode.describe(code) + ": " + log(work);
        } finally {
            kill(trainer);
        }
    }

    /** The start of the command: {@code nice}, if the training runs in the background. */
    private List<String> priority() {
        if (inBackground) {
            for (String nice : new String[] {"/usr/bin/nice", "/bin/nice"}) {
                if (new File(nice).canExecute()) {
                    return List.of(nice, "-n", "19");
                }
            }
        }
        return List.of();
    }

    private static String log(Path work) throws IOException {
        String text = Files.readString(work.resolve("log"), StandardCharsets.ISO_8859_1).strip();
        return text.length() <= MAX_REASON ? text : text.substring(text.length() - MAX_REASON);
    }

    private synchronized @Nullable Process start(ProcessBuilder builder) throws IOException {
        if (stopped) {
            return null;
        }
        Process started = builder.start();
        process = started;
        return started;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /** Ends the training because this JVM ends; runs in a shutdown hook. */
    private synchronized void stop(Path work, Path session) {
        stopped = true;
        Process trainer = process;
        if (trainer != null) {
            kill(trainer);
        }
        try {
            delete(work, session);
        } catch (IOException e) {
            // The next trainer of this key removes it.
        }
    }

    /** Kills a trainer and, from JDK 25 on, the JVM that it starts to write the cache. */
    private static void kill(Process trainer) {
        trainer.descendants().forEach(ProcessHandle::destroyForcibly);
        trainer.destroyForcibly();
        try {
            trainer.waitFor(STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook runs already; it deletes the same directories.
        }
    }

    private static void delete(Path work, Path session) throws IOException {
        for (Path directory : List.of(session, work)) {
            if (Files.exists(directory)) {
                MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
            }
        }
    }
}
