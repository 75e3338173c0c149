package dev.procession.manager.client;

import dev.procession.manager.ManagerException;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;

/** What the status of a response means to its caller. */
public final class CallStatus {

    private CallStatus() {}

    /**
     * Returns a response to a request that the server has carried out or ended.
     *
     * @throws IllegalArgumentException if the server has refused the request
     * @throws ManagerException if the server has failed
     */
    static Response checked(Response response) {
        switch (response.getStatus()) {
            case REFUSED -> throw new IllegalArgumentException(response.getText());
            case FAILED -> throw new ManagerException(response.getText(), null);
            default -> {
                return response;
            }
        }
    }

    /** Whether the server did what was asked, and did not time out or deny it. */
    public static boolean isOk(Response response) {
        return response.getStatus() == Status.OK;
    }
}
