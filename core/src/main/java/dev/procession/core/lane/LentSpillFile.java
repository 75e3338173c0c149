package dev.procession.core.lane;

/**
 * A payload in a spill file that its writer keeps until no process reads it any more: one use of a
 * file of {@link LentSpillFiles}. It may be sent more than once ({@link LaneEnd#offer(int, long,
 * LentSpillFile)}); the caller's lock guards that.
 */
public final class LentSpillFile {

    private final LentSpillFiles owner;
    private final SpillFile file;

    /** Whether it was released; the owner's lock guards it. */
    private boolean released;

    LentSpillFile(LentSpillFiles owner, SpillFile file) {
        this.owner = owner;
        this.file = file;
    }

    /** Returns the record that names the file. */
    SpillRecord record() {
        return file.record(SpillRecord.Kind.LENT, 0, 0);
    }

    /**
     * Gives the file back: the payload will not be sent again. Does not block, unless the owner is
     * closed: then this removes the file. Any thread may call it, also repeatedly; the first call
     * counts.
     *
     * @param isUnread whether no process reads it now, or will; otherwise the file is removed, and
     *     a process that has it open can still read it
     */
    public void release(boolean isUnread) {
        owner.release(this, isUnread);
    }

    SpillFile file() {
        return file;
    }

    boolean isReleased() {
        return released;
    }

    void setReleased() {
        released = true;
    }
}
