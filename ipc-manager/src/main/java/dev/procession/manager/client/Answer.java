package dev.procession.manager.client;

import dev.procession.manager.proto.Response;

/**
 * The answer to a request.
 *
 * @param response what the server says
 * @param session the session in which it was said; what it grants ends with that
 */
public record Answer(Response response, ServerSession session) {}
