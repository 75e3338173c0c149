package dev.procession.queue;

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
 * The large elements of a queue: a file for each, written whole before the record that names it.
 *
 * <p>Its taker opens it before the element counts as taken, so that from then on anybody may remove
 * the name. What a killed producer wrote and never put, and what a killed taker did not remove, is
 * named by no record.
 */
final class QueueSpillFiles {

    private static final Log LOG = Log.of(QueueSpillFiles.class);

    private final Members members;
    private final String queue;

    /**
     * The files of a queue.
     *
     * @param queue the name of its segment
     */
    QueueSpillFiles(Members members, String queue) {
        this.members = members;
        this.queue = queue;
    }

    /** Writes a file. */
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
        // A plain stream, because an interrupt of the calling thread would close a channel.
        try (OutputStream out = new FileOutputStream(path.toFile())) {
            out.write(element);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw new IOException(e.getMessage() + ": path=" + path, e);
        }
    }

    /**
     * Opens a file; null when it is not there any more.
     *
     * @throws IOException if it is there and cannot be opened now
     */
    @Nullable InputStream open(QueueSpillName name) throws IOException {
        Path path = path(name);
        try {
            return new FileInputStream(path.toFile());
        } catch (FileNotFoundException e) {
            if (Files.exists(path)) {
                throw e; // out of descriptors, say
            }
            return null;
        }
    }

    void delete(QueueSpillName name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    /** Removes a file that is not needed any more; one that cannot be removed is told of. */
    void discard(QueueSpillName name) {
        try {
            delete(name);
        } catch (IOException e) {
            LOG.logger().log(Level.WARNING, "the file of a large element is left: {0}", name);
        }
    }

    /** Reads what was opened. */
    static byte[] readWhole(QueueSpillName spill, @Nullable InputStream file) {
        if (file == null) {
            throw new QueueException("the file of a large element is not there: " + spill);
        }
        try (file) {
            byte[] element = file.readAllBytes();
            if (element.length != spill.bytes()) {
                throw new QueueException("the file of a large element is not whole: " + spill);
            }
            return element;
        } catch (IOException e) {
            throw new QueueException("a large element could not be read: " + spill, e);
        }
    }

    private Path path(QueueSpillName name) {
        Path directory = name.number() < 0 ? members.spare() : members.home();
        return directory.resolve(name.fileName(queue));
    }

    /** Writes the file of an element that is about to be leased. */
    QueueSpillName writeLease(byte[] element) throws IOException {
        QueueSpillName name = new QueueSpillName(element.length, members.self(), members.newName());
        write(leasePath(name), element);
        return name;
    }

    /**
     * Gives the file of a large element that is about to be leased a name that only leases have.
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

    /** Removes a file that is not needed any more; one that cannot be removed is told of. */
    void discardLease(QueueSpillName name) {
        try {
            deleteLease(name);
        } catch (IOException e) {
            LOG.logger().log(Level.WARNING, "the file of a leased element is left: {0}", name);
        }
    }

    private Path leasePath(QueueSpillName name) {
        Path directory = name.number() < 0 ? members.spare() : members.home();
        return directory.resolve(name.leaseFileName(queue));
    }

    /** Removes all files of a queue that has ended. */
    void deleteAll() throws IOException {
        deleteAll(members.home());
        if (Files.isDirectory(members.spare())) {
            deleteAll(members.spare());
        }
    }

    private void deleteAll(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, queue + ".[ebl]*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Another process that saw the end was quicker.
        }
    }
}
