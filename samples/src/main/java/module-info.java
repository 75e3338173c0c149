/** Programs as a user would write them. */
module dev.procession.samples {
    requires ascii.table;
    requires dev.procession.manager;
    requires dev.procession.pipe;
    requires dev.procession.pool;
    requires dev.procession.queue;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires jdk.unsupported;
    requires org.apache.pdfbox;
    requires org.objectweb.asm;
    requires static org.jspecify;
}
