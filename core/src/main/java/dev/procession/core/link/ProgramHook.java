package dev.procession.core.link;

import dev.procession.core.life.Services;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;

/**
 * Is called once when a program that was started with {@code -Dprocession.monitor} can be asked
 * questions. A module provides it through {@link java.util.ServiceLoader}. Programs without the
 * property, and their children, do not look for it.
 */
public interface ProgramHook {

    /** The property, whose value is the hook's matter. */
    String PROPERTY = "procession.monitor";

    /** Runs on a daemon thread of its own. What it throws goes to the log. */
    void listening() throws Exception;

    /** Calls all hooks, and returns at once. */
    static void callAll() {
        Thread thread =
                new Thread("procession-monitor-open") {
                    @Override
                    public void run() {
                        call();
                    }
                };
        thread.setDaemon(true);
        thread.start();
    }

    private static void call() {
        Log log = Log.of(ProgramHook.class);
        for (ProgramHook hook :
                Services.load(
                        ProgramHook.class,
                        e -> log.report(Level.WARNING, "a hook could not be made", e))) {
            try {
                hook.listening();
            } catch (Throwable e) {
                log.report(Level.WARNING, "the program goes on without its monitor", e);
            }
        }
    }
}
