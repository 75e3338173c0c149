/** Shows what runs, where it hangs and who holds a lock: a page and a command. */
module dev.procession.monitor {
    exports dev.procession.monitor;

    opens dev.procession.monitor.command to
            info.picocli;

    requires transitive dev.procession.core;
    requires dev.procession.manager;
    requires dev.procession.queue;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires org.jline.terminal;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    provides dev.procession.core.link.ProgramHook with
            dev.procession.monitor.page.MonitorByProperty;
}
