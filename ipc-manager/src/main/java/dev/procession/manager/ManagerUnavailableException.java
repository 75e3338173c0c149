package dev.procession.manager;

import dev.procession.core.ProcessionException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The manager's server is dead, or does not take this client. Every call under way ends with it at
 * once; whether the server had carried that call out is then not known. Locks and permits that this
 * process held in the server are gone.
 *
 * <p>The proxies stay usable: when a server is started again at the same address, their next call
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
     * @param cause what showed it, or {@code null}
     */
    public ManagerUnavailableException(String fact, Path address, @Nullable Throwable cause) {
        super(fact + ": address=" + address, cause);
        this.address = address.toString();
    }

    /**
     * Where the server was.
     *
     * @return its directory
     */
    public Path address() {
        return Path.of(address);
    }
}
