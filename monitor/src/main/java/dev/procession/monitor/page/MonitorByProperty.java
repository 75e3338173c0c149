package dev.procession.monitor.page;

import dev.procession.core.link.ProgramHook;
import java.io.IOException;

/** Opens the page of a program that was started with {@code -Dprocession.monitor=PORT}. */
public final class MonitorByProperty implements ProgramHook {

    /** Made by {@link java.util.ServiceLoader}. */
    public MonitorByProperty() {}

    @Override
    public void listening() throws IOException {
        String port = System.getProperty(PROPERTY, "");
        try {
            Page.openAndPrint(Integer.parseInt(port)); // as long as the program runs
        } catch (NumberFormatException e) {
            throw new IOException(
                    "expected a port, 0 for any free one: -D" + PROPERTY + "=" + port, e);
        }
    }
}
