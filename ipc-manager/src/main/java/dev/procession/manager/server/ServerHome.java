package dev.procession.manager.server;

import dev.procession.core.life.LockProbe;
import dev.procession.core.life.Membership;
import dev.procession.core.life.SessionDirectory;
import dev.procession.core.log.Log;
import dev.procession.manager.store.EpochFile;
import dev.procession.manager.store.Store;
import dev.procession.manager.stream.ServerOptions;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * A server's directory, and the lock file in it. The lock proves that the server lives, and keeps
 * other servers from its address.
 */
final class ServerHome {

    private static final Log LOG = Log.of(ServerHome.class);

    /**
     * The first servers took tokens from the clock, 1024 for each millisecond, and knew no epochs.
     * Until the year 2039 the tokens of this epoch are greater than theirs.
     */
    static final long FIRST_EPOCH = 1 << 11;

    /** Longer than a client asks for the lock. */
    private static final long PROBE_NANOS = 2_000_000;

    private final ServerAddress address;
    private final boolean owned;
    private final Membership membership;
    private boolean released;

    private ServerHome(ServerAddress address, boolean owned, Membership membership) {
        this.address = address;
        this.owned = owned;
        this.membership = membership;
    }

    static ServerHome claim(ServerOptions options) throws IOException {
        ServerAddress address = new ServerAddress(Path.of(options.directory()));
        if (LocalServers.hasServer(address)) {
            throw new IOException(
                    "a server of this JVM has this address: address=" + address.directory());
        }
        SessionDirectory.makePrivate(address.directory());
        if (!options.ownsDirectory()) { // no other process knows the name of an own directory
            requireNoServer(address);
        }
        ServerHome home = new ServerHome(address, options.ownsDirectory(), takeLock(address));
        try {
            home.sweep();
            home.writeSecret(options.secret());
            return home;
        } catch (IOException | RuntimeException e) {
            home.release();
            throw e;
        }
    }

    /**
     * Takes the lock, for which it tries for a second: clients of the server before this one have
     * it for some microseconds each time they ask whether that server is dead.
     */
    private static Membership takeLock(ServerAddress address) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (true) {
            try {
                return LocalServers.claim(address);
            } catch (IOException e) {
                if (System.nanoTime() - end >= 0) {
                    throw e;
                }
                LockSupport.parkNanos(PROBE_NANOS);
            }
        }
    }

    /**
     * Refuses the address of a living server whose lock file a cleaner of old files has removed.
     */
    private static void requireNoServer(ServerAddress address) throws IOException {
        if (Files.notExists(address.lock()) && !LockProbe.isFree(address.lock())) {
            throw new IOException(
                    "a server that lives has this address, though its lock file was removed: path="
                            + address.directory());
        }
    }

    ServerAddress address() {
        return address;
    }

    /**
     * Begins an epoch later than all before, even that of a store which was used elsewhere. A
     * directory that is deleted with its server has no servers before or after it.
     */
    long nextEpoch(@Nullable Store store) throws IOException {
        EpochFile file = new EpochFile(address.epoch());
        long last = owned ? 0 : file.read();
        long before = store == null ? last : Math.max(last, store.epoch());
        long epoch = Math.max(FIRST_EPOCH, 1 + before);
        if (!owned) {
            file.write(epoch);
        }
        if (store != null) {
            store.begin(epoch);
        }
        return epoch;
    }

    /** Deletes the files of the server before this one, and of clients that have died since. */
    private void sweep() throws IOException {
        Files.deleteIfExists(address.socket());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(address.directory(), "c*")) {
            for (Path file : files) {
                if (!LocalServers.isClientFile(address, file) && LockProbe.isFree(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private void writeSecret(byte[] secret) throws IOException {
        Path file = address.secret();
        Files.deleteIfExists(file);
        if (owned) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.write(file, secret);
        }
    }

    void register(ServerStats stats) {
        try {
            ManagementFactory.getPlatformMBeanServer().registerMBean(stats, name());
        } catch (JMException e) {
            LOG.report(Level.WARNING, "cannot register the figures with JMX", e);
        }
    }

    private ObjectName name() throws JMException {
        return new ObjectName(
                "dev.procession:type=Manager,address="
                        + ObjectName.quote(address.directory().toString()));
    }

    /** Gives the address up: deletes the files, then releases the lock. */
    synchronized void release() {
        if (released) {
            return;
        }
        released = true;
        try {
            ObjectName name = name();
            if (ManagementFactory.getPlatformMBeanServer().isRegistered(name)) {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
            }
            Files.deleteIfExists(address.socket());
            Files.deleteIfExists(address.secret());
            // Living clients still have their files here; the next server finds them.
            Files.deleteIfExists(address.lock());
            releaseLock();
            if (owned) {
                SessionDirectory.delete(address.directory());
            }
        } catch (IOException | JMException e) {
            LOG.report(Level.WARNING, "could not remove: path=" + address.directory(), e);
        } finally {
            releaseLock(); // though a file could not be deleted
            LocalServers.serverEnded(address);
        }
    }

    /** The second time nothing happens. */
    private void releaseLock() {
        try {
            membership.release();
        } catch (IOException e) {
            LOG.report(Level.WARNING, "could not release: path=" + address.lock(), e);
        }
    }
}
