package dev.procession.queue;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Members;
import dev.procession.core.log.Log;
import dev.procession.queue.ring.QueueSpillName;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The spill files of a queue: one for each element that is too large for the ring, written
 * completely before the record that names it.
 *
 * <p>A consumer opens the file before the element counts as taken; from then on any process may
 * delete its name. A file that a killed producer wrote and did not put, or that a killed consumer
 * did not delete, is named by no record and is swept later. Thread-safe.
 */
final class QueueSpillFiles {

    private static final Log LOG = Log.of(QueueSpillFiles.class);

    private final Members members;
    private final String queue;

    /**
     * Makes no file yet.
     *
     * @param queue the name of the queue's segment
     */
    QueueSpillFiles(Members members, String queue) {
        this.members = members;
        this.queue = queue;
    }

    /**
     * Writes an element to a new file: in the spare directory if the home directory has no room.
     */
    QueueSpillName write(byte[] element) throws IOException {
        long number = members.newName();
        QueueSpillName name = new QueueSpillName(element.length, members.self(), number);
        try {
            write(path(name), element);
            return name;
        } catch (IOException e) {
            members.openSpare(e);
            QueueSpillName spare = new QueueSpillName(element.length, members.self(), -number);
            try {
                write(path(spare), element);
                return spare;
            } catch (IOException again) {
                again.addSuppressed(e);
                throw again;
            }
        }
    }

    private static void write(Path path, byte[] element) throws IOException {
        // A plain stream: an interrupt of the calling thread would close a channel.
        try (OutputStream out = new FileOutputStream(path.toFile())) {
            out.write(element);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw new IOException(e.getMessage() + ": path=" + path, e);
        }
    }

    /**
     * Opens a file; null if it was deleted.
     *
     * @throws IOException if it exists and cannot be opened now
     */
    @Nullable InputStream open(QueueSpillName name) throws IOException {
        Path path = path(name);
        try {
            return new FileInputStream(path.toFile());
        } catch (FileNotFoundException e) {
            if (Files.exists(path)) {
                throw e; // for example out of descriptors
            }
            return null;
        }
    }

    void delete(QueueSpillName name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    /** Deletes a file that is no longer needed; logs a failure. */
    void discard(QueueSpillName name) {
        try {
            delete(name);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a spill file could not be deleted: {0}", name);
        }
    }

    /** Reads an opened file to its end and closes it. */
    static byte[] readWhole(QueueSpillName spill, @Nullable InputStream file) {
        if (file == null) {
            throw new QueueException("a spill file is missing: " + spill);
        }
        try (file) {
            byte[] element = file.readAllBytes();
            if (element.length != spill.bytes()) {
                throw new QueueException("a spill file is incomplete: " + spill);
            }
            return element;
        } catch (IOException e) {
            throw new QueueException("a spill file could not be read: " + spill, e);
        }
    }

    private Path path(QueueSpillName name) {
        Path directory = name.number() < 0 ? members.spare() : members.home();
        return directory.resolve(name.fileName(queue));
    }

    /** Writes an element that is about to be leased to a new file. */
    QueueSpillName writeLease(byte[] element) throws IOException {
        QueueSpillName name = new QueueSpillName(element.length, members.self(), members.newName());
        write(leasePath(name), element);
        return name;
    }

    /**
     * Links the spill file of an element that is about to be leased to a name that only leases use.
     */
    QueueSpillName linkLease(QueueSpillName spill) throws IOException {
        long number = members.newName();
        QueueSpillName name =
                new QueueSpillName(
                        spill.bytes(), members.self(), spill.number() < 0 ? -number : number);
        Files.createLink(leasePath(name), path(spill));
        return name;
    }

    InputStream openLease(QueueSpillName name) throws IOException {
        return new FileInputStream(leasePath(name).toFile());
    }

    void deleteLease(QueueSpillName name) throws IOException {
        Files.deleteIfExists(leasePath(name));
    }

    /** Deletes the file of a lease that has ended; logs a failure. */
    void discardLease(QueueSpillName name) {
        try {
            deleteLease(name);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the file of a leased element could not be deleted: {0}", name);
        }
    }

    private Path leasePath(QueueSpillName name) {
        Path directory = name.number() < 0 ? members.spare() : members.home();
        return directory.resolve(name.leaseFileName(queue));
    }

    /** Deletes all files of a queue that has ended. */
    void deleteAll() throws IOException {
        deleteAll(members.home());
        if (Files.isDirectory(members.spare())) {
            deleteAll(members.spare());
        }
    }

    private void deleteAll(Path directory) throws IOException {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, DirectoryLayout.filesOfQueueMembers(queue))) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Another process that saw the end has deleted the directory.
        }
    }
}
