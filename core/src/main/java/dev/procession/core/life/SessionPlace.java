package dev.procession.core.life;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The place of a root's session. It is chosen before anything is made, so that the first child can
 * start meanwhile and knows the session's directory.
 *
 * @param base the directory of all sessions of this user
 * @param home the session's directory
 * @param spareBase the directory of all spare directories
 * @param self the prefix of the names of this process's sessions
 * @param random fresh random bytes, the session's secret
 */
record SessionPlace(Path base, Path home, Path spareBase, String self, byte[] random) {

    static final String SHARED_MEMORY = "/dev/shm";

    private static final int SECRET_BYTES = 32;
    private static final int NONCE_BYTES = 4;

    /**
     * Chooses the directory that the user has configured, else shared memory if it is writable,
     * else the temporary directory.
     */
    static SessionPlace choose() throws IOException {
        String configured = System.getProperty(Session.DIRECTORY_PROPERTY);
        if (configured != null) {
            return in(new File(configured).getAbsoluteFile());
        }
        File shared = new File(SHARED_MEMORY);
        return in(shared.canWrite() ? shared : temporary());
    }

    /** Returns the name of the directory of all sessions of this user. */
    static String baseName() {
        return "procession-" + System.getProperty("user.name");
    }

    static File temporary() {
        return new File(System.getProperty("java.io.tmpdir"));
    }

    static SessionPlace in(File parent) throws IOException {
        String name = baseName();
        Path base = parent.toPath().resolve(name);
        byte[] random = randomBytes(SECRET_BYTES + NONCE_BYTES);
        ProcStat stat = ProcStat.read();
        String self = stat.pid() + "-" + stat.startTicks() + "-";
        Path home = base.resolve(self + hex(random, SECRET_BYTES, NONCE_BYTES));
        // Each base has its own directory of spares, so that only its sessions sweep them.
        boolean shared = parent.getPath().equals(SHARED_MEMORY);
        String spares = shared ? name : name + "-" + Integer.toHexString(base.hashCode());
        return new SessionPlace(base, home, temporary().toPath().resolve(spares), self, random);
    }

    /** Returns the process that made a session, as the name of the session's directory says. */
    static long rootPid(Path home) {
        String name = home.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('-')));
    }

    /** True if the process that made a session lives, as the name of its directory says. */
    static boolean isOfLivingRoot(Path home) {
        try {
            ProcStat stat = ProcStat.of(rootPid(home));
            return home.getFileName()
                    .toString()
                    .startsWith(stat.pid() + "-" + stat.startTicks() + "-");
        } catch (IOException e) {
            return false; // there is no such process
        }
    }

    /**
     * Returns the base directories that may contain the session of a spare directory found here.
     */
    List<Path> possibleBases() {
        return List.of(
                base,
                Path.of(SHARED_MEMORY).resolve(baseName()),
                temporary().toPath().resolve(baseName()));
    }

    /** Returns the directories in which a process of this user may have put its session. */
    static Set<Path> allBases() throws IOException {
        Set<Path> bases = new LinkedHashSet<>();
        bases.add(choose().base());
        bases.add(Path.of(SHARED_MEMORY).resolve(baseName()));
        bases.add(temporary().toPath().resolve(baseName()));
        return bases;
    }

    boolean isInSharedMemory() {
        return base.startsWith(SHARED_MEMORY);
    }

    Path spare() {
        return spareBase.resolve(home.getFileName());
    }

    byte[] secret() {
        return Arrays.copyOf(random, SECRET_BYTES);
    }

    static byte[] randomBytes(int count) throws IOException {
        // Read from the kernel, because SecureRandom's providers take milliseconds to load.
        try (InputStream in = new FileInputStream("/dev/urandom")) {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new IOException("/dev/urandom ended after " + bytes.length + " bytes");
            }
            return bytes;
        }
    }

    private static String hex(byte[] bytes, int from, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            text.append(Character.forDigit(bytes[i] >> 4 & 15, 16));
            text.append(Character.forDigit(bytes[i] & 15, 16));
        }
        return text.toString();
    }
}
