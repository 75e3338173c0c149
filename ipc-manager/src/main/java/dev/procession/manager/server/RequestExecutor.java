package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.core.log.Log;
import dev.procession.manager.objects.IterationRoom;
import dev.procession.manager.objects.ObjectTable;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.store.BackUps;
import dev.procession.manager.store.Store;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerFailure;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.stream.SharedObject;
import dev.procession.manager.wire.Requests;
import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Carries requests out, on the server's thread. A request that fails ends with its own answer. */
final class RequestExecutor {

    private static final Log LOG = Log.of(RequestExecutor.class);

    private final ObjectTable objects;
    private final ServerStats stats;
    private final ServerBounds bounds;
    private final IterationRoom room;
    private final ServerFailure failure;
    private final @Nullable Store store;
    private final BiConsumer<Call, Response> undo;

    RequestExecutor(
            ObjectTable objects,
            ServerStats stats,
            ServerBounds bounds,
            IterationRoom room,
            ServerFailure failure,
            @Nullable Store store) {
        this.objects = objects;
        this.stats = stats;
        this.bounds = bounds;
        this.room = room;
        this.failure = failure;
        this.store = store;
        this.undo = objects::undo;
    }

    void execute(Call call) {
        stats.operation();
        Request request = call.request();
        try {
            switch (request.getBodyCase()) {
                case STATS -> call.answer(Response.newBuilder().setValue(figures()));
                case BACK_UP -> backUp(call);
                case BODY_NOT_SET -> call.refuse("no such request");
                default -> carryOut(call, request);
            }
        } catch (OutOfMemoryError e) {
            failure.ranOutOfMemory(e);
        } catch (Throwable e) { // an Error is this request's as well
            stats.failure();
            LOG.report(Level.ERROR, "a request failed: request=" + Requests.name(request), e);
            call.fail("the manager's server failed: " + e);
        }
    }

    private ByteString figures() {
        return stats.figures(objects.size(), bounds.maxBytes()).toByteString();
    }

    private void backUp(Call call) {
        Path target = absolute(call.request().getBackUp().getPath());
        if (store == null) {
            call.refuse("the manager has no store to back up; see ManagerBuilder.persistTo");
        } else if (target == null) {
            call.refuse("a back-up needs an absolute path");
        } else {
            call.park(() -> {}, () -> {}); // a repeated request must not be carried out again
            store.backUp(
                    target,
                    thrown -> {
                        if (thrown == null) {
                            call.ok();
                        } else if (thrown instanceof BackUps.RefusedPathException) {
                            call.refuse(String.valueOf(thrown.getMessage()));
                        } else {
                            call.fail("cannot back up the store: path=" + target + ": " + thrown);
                        }
                    });
        }
    }

    /** Returns null for what is no absolute path. */
    private static @Nullable Path absolute(String path) {
        try {
            Path parsed = Path.of(path);
            return parsed.isAbsolute() ? parsed : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private void carryOut(Call call, Request request) {
        if (Requests.isAboutStream(request)) {
            call.refuse("a request about the stream has a number");
            return;
        }
        SharedObject object = objects.find(request);
        if (object == null) {
            String refusal =
                    objects.refusal(request.getKind(), request.getName(), call.client().made());
            if (refusal != null) {
                call.fail(refusal);
                return;
            }
            object = objects.of(request, call.client().made());
        }
        if (object == null) {
            call.refuse(
                    "there can be no such object: kind="
                            + request.getKind()
                            + ", name="
                            + request.getName()
                            + ObjectTable.madeWith(request));
        } else if (!Requests.mayGrow(request) || hasRoom(call, object.growth(call))) {
            call.undoneBy(undo);
            object.handle(call);
        }
    }

    /** Fails a request for which there is no room, before it changes anything. */
    private boolean hasRoom(Call call, long growth) {
        if (growth <= 0 || room.makeRoom(growth)) {
            return true;
        }
        call.fail(
                "the manager is full: stored="
                        + stats.stored()
                        + ", request="
                        + growth
                        + ", limit="
                        + bounds.maxBytes()
                        + " bytes; remove something, or start it with a larger heap or maxBytes");
        return false;
    }
}
