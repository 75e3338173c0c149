/**
 * The formats between a manager's server and its clients: frames ({@link
 * dev.procession.manager.wire.FrameKind}), the handshake's proofs, the canonical encoding of keys
 * and small values, and the files in a server's directory. The messages in the frames are in {@code
 * manager.proto}; {@link dev.procession.manager.wire.Requests} has the table of the requests.
 *
 * <p>Runs in servers and clients. It knows neither Netty nor users' objects, and uses neither
 * server nor client.
 *
 * <p><b>Threads.</b> The classes have no state, but for {@link
 * dev.procession.manager.wire.LocalServers} and {@link dev.procession.manager.wire.MergeFunctions},
 * which any thread may use. <b>Time.</b> {@link dev.procession.manager.wire.WaitNanos} is a time in
 * a request. <b>Memory.</b> Each length is checked against the bytes that are there, before
 * anything is allocated.
 */
@NullMarked
package dev.procession.manager.wire;

import org.jspecify.annotations.NullMarked;
