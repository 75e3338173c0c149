package dev.procession.system.program;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The record that one process of a storm keeps of its work: a file of longs, each written by one
 * system call, so that it survives the process.
 */
public final class StormLedger implements AutoCloseable {

    private final OutputStream out;

    public StormLedger(String file) throws IOException {
        out = new FileOutputStream(file, true);
    }

    public void write(long entry) throws IOException {
        out.write(ByteBuffer.allocate(Long.BYTES).putLong(entry).array());
    }

    /** All entries; the last write of a killed process is whole or missing. */
    public static long[] read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new long[0];
        }
        LongBuffer longs = ByteBuffer.wrap(Files.readAllBytes(file)).asLongBuffer();
        long[] entries = new long[longs.remaining()];
        longs.get(entries);
        return entries;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
