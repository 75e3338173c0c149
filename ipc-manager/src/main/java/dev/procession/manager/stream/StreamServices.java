package dev.procession.manager.stream;

import dev.procession.manager.proto.Request;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * The parts of a server that the request streams of all clients use.
 *
 * @param tasks runs tasks later
 * @param writer sends answers
 * @param bounds how much an answer may have
 * @param stats counts the waiting requests
 * @param answerRoom for answers that are kept
 * @param executor carries a request out
 * @param answerBytes returns how many bytes of values the answer to a request may have
 */
public record StreamServices(
        LoopTasks tasks,
        FrameWriter writer,
        ServerBounds bounds,
        ServerStats stats,
        AnswerRoom answerRoom,
        Consumer<Call> executor,
        ToLongFunction<Request> answerBytes) {

    /** Returns the same with other bounds. */
    StreamServices within(ServerBounds others) {
        return new StreamServices(
                tasks,
                writer,
                others,
                stats,
                new AnswerRoom(tasks, others, stats),
                executor,
                answerBytes);
    }
}
