package dev.procession.manager.stream;

import com.google.protobuf.ByteString;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/**
 * What arrays take of the heap. The collector G1 gives an array of half a region or more regions of
 * its own, so that one of a mebibyte takes two where regions have one.
 */
public final class HeapBytes {

    private static final Log LOG = Log.of(HeapBytes.class);

    /** What an array takes beside its content. */
    private static final long HEADER_BYTES = 16;

    /** The size of a region; 0 if this JVM's heap has none. */
    private static final long REGION_BYTES = regionBytes();

    private HeapBytes() {}

    /** Returns what a key or a value takes. */
    public static long of(ByteString bytes) {
        return of(bytes.size());
    }

    /** Returns what an array of a length takes. */
    public static long of(long length) {
        return of(length, REGION_BYTES);
    }

    /**
     * Returns what an array of a length takes; the length alone if it has no regions of its own.
     *
     * @param region the size of a region, or 0
     */
    public static long of(long length, long region) {
        long bytes = length + HEADER_BYTES;
        return region == 0 || bytes < region / 2 ? length : (bytes + region - 1) / region * region;
    }

    private static long regionBytes() {
        try {
            return Boolean.parseBoolean(option("UseG1GC"))
                    ? Long.parseLong(option("G1HeapRegionSize"))
                    : 0;
        } catch (JMException | RuntimeException e) { // another JVM than HotSpot
            LOG.report(Level.DEBUG, "the size of a region of the heap is not known", e);
            return 0;
        }
    }

    private static String option(String name) throws JMException {
        Object found =
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=HotSpotDiagnostic"),
                                "getVMOption",
                                new Object[] {name},
                                new String[] {String.class.getName()});
        return String.valueOf(((CompositeData) found).get("value"));
    }
}
