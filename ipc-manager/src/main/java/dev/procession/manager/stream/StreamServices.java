package dev.procession.manager.stream;

import java.util.function.Consumer;

/**
 * The parts of a server that the request streams of all clients use.
 *
 * @param tasks runs tasks later
 * @param writer sends answers
 * @param bounds how much an answer may have
 * @param stats counts the waiting requests
 * @param executor carries a request out
 */
public record StreamServices(
        LoopTasks tasks,
        FrameWriter writer,
        ServerBounds bounds,
        ServerStats stats,
        Consumer<Call> executor) {}
