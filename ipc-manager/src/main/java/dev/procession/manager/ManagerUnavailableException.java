package dev.procession.manager;

import dev.procession.core.ProcessionException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The manager's server is dead, or does not answer. Every call under way ends with this exception
 * at once; it is unknown whether the server has carried that call out. Locks and permits that this
 * process held in the server are gone.
 *
 * <p>The proxies stay usable: after a server was started again at the same address, their next call
 * finds it.
 */
public final class ManagerUnavailableException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final String address;

    /**
     * Creates an exception.
     *
     * @param fact what happened
     * @param address the server's directory
     * @param cause the failure behind it, or {@code null}
     */
    public ManagerUnavailableException(String fact, Path address, @Nullable Throwable cause) {
        super(fact + ": address=" + address, cause);
        this.address = address.toString();
    }

    /**
     * Returns the address of the server.
     *
     * @return its directory
     */
    public Path address() {
        return Path.of(address);
    }
}
