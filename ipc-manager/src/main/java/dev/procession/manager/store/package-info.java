/**
 * The file in which the dicts and lists of a server survive it: a log of their changes.
 *
 * <p>Runs in the server's process. {@link dev.procession.manager.store.Store} is the entry point:
 * it is opened and read before the server listens; then the shared objects put their changes into
 * it by way of an {@code EntryLog} or a {@code ListLog}, and the server commits them once a turn.
 *
 * <p><b>Threads.</b> The server's loop alone uses the store. {@code Compactor} and {@code BackUps}
 * read the file beside it, on threads of their own, and never write what the loop writes.
 * <b>Files.</b> {@code StoreFormat} describes the bytes; {@code StoreRecovery} decides what a
 * damaged or cut file still says. A failure is final: the server ends with its reason.
 */
@NullMarked
package dev.procession.manager.store;

import org.jspecify.annotations.NullMarked;
