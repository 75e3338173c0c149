package dev.procession.core.memory;

/**
 * The first words of every segment.
 *
 * <pre>
 *   0  magic and layout version   "PROCSEG" and one byte of version
 *   8  kind                       the layout of the body (see {@link SegmentKind})
 *  16  length                     of the whole segment in bytes
 *  24  unused up to 128
 * 128  the kind's own words
 * </pre>
 *
 * They are written before the segment has its name and never change.
 */
final class SegmentLayout {

    static final long MAGIC = 0x50524F4353454700L;
    static final long VERSION = 1;

    static final int MAGIC_AND_VERSION = 0;
    static final int KIND = MAGIC_AND_VERSION + Long.BYTES;
    static final int LENGTH = KIND + Long.BYTES;
    static final int BODY = Words.PADDED;

    private SegmentLayout() {}
}
