package dev.procession.manager.server;

import dev.procession.core.log.Log;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.Requests;
import java.lang.System.Logger.Level;
import java.util.function.BiConsumer;

/** Carries requests out, on the server's thread. A request that fails ends with its own answer. */
final class RequestExecutor {

    private static final Log LOG = Log.of(RequestExecutor.class);

    private final ObjectTable objects;
    private final ServerStats stats;
    private final ServerBounds bounds;
    private final ServerFailure failure;
    private final BiConsumer<Call, Response> undo;

    RequestExecutor(
            ObjectTable objects, ServerStats stats, ServerBounds bounds, ServerFailure failure) {
        this.objects = objects;
        this.stats = stats;
        this.bounds = bounds;
        this.failure = failure;
        this.undo = objects::undo;
    }

    void execute(Call call) {
        stats.operation();
        Request request = call.request();
        try {
            switch (request.getBodyCase()) {
                case STATS ->
                        call.answer(Response.newBuilder().setValue(stats.figures().toByteString()));
                case BODY_NOT_SET -> call.refuse("no such request");
                default -> {
                    SharedObject object =
                            Requests.isAboutStream(request) ? null : objects.of(request);
                    if (object == null) {
                        call.refuse(
                                "there can be no such object: kind="
                                        + request.getKind()
                                        + ", name="
                                        + request.getName()
                                        + ObjectTable.madeWith(request));
                    } else if (!Requests.mayGrow(request)
                            || hasRoom(call, object.growth(request))) {
                        call.undoneBy(undo);
                        object.handle(call);
                    }
                }
            }
        } catch (OutOfMemoryError e) {
            failure.ranOutOfMemory(e);
        } catch (Throwable e) { // an Error is this request's as well
            stats.failure();
            LOG.report(Level.ERROR, "a request failed: request=" + Requests.name(request), e);
            call.fail("the manager's server failed: " + e);
        }
    }

    /** Fails a request for which there is no room, before it changes anything. */
    private boolean hasRoom(Call call, long growth) {
        long stored = stats.stored();
        if (growth <= 0 || stored + growth <= bounds.maxBytes()) {
            return true;
        }
        call.fail(
                "the manager is full: stored="
                        + stored
                        + ", request="
                        + growth
                        + ", limit="
                        + bounds.maxBytes()
                        + " bytes; remove something, or start it with a larger heap or maxBytes");
        return false;
    }
}
