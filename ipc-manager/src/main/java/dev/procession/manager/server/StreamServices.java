package dev.procession.manager.server;

import java.util.function.Consumer;

/**
 * What the request streams of all clients use of their server.
 *
 * @param tasks runs what is to be done later
 * @param writer sends answers
 * @param bounds how much an answer may have
 * @param stats counts what waits
 * @param executor carries a request out
 */
record StreamServices(
        LoopTasks tasks,
        FrameWriter writer,
        ServerBounds bounds,
        ServerStats stats,
        Consumer<Call> executor) {}
