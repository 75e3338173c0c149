package dev.procession.core.launch;

/**
 * Receives the result of a child: at most one call, before the child's end is reported. An
 * implementation must not block.
 */
public interface ResultListener {

    /** The child has sent these bytes. */
    void received(byte[] result);

    /** The child has sent a result that cannot be read here, one larger than the heap, say. */
    void failed(Throwable cause);
}
