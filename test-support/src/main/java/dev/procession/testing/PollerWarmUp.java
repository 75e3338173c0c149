package dev.procession.testing;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;

/** Makes the JDK create the threads and descriptors by which virtual threads wait for sockets. */
public final class PollerWarmUp implements WarmUp {

    /** Made by {@link java.util.ServiceLoader}. */
    public PollerWarmUp() {}

    @Override
    public void run() throws Exception {
        Method start;
        try {
            start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException e) {
            return; // an older JDK
        }
        Runnable wait = PollerWarmUp::waitInVain;
        ((Thread) start.invoke(null, wait)).join();
    }

    private static void waitInVain() {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(1);
            server.accept().close();
        } catch (SocketTimeoutException e) {
            // No connection came, as expected.
        } catch (IOException e) {
            throw new AssertionError("cannot wait at a socket", e);
        }
    }
}
