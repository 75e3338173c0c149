package dev.procession.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class LogTest {

    private static final Log LOG = Log.of(LogTest.class);

    @Test
    void shouldLogUnderTheNameOfItsClass() {
        List<LogRecord> records = new ArrayList<>();

        whileHandled(
                record -> {
                    record.getSourceClassName(); // looks at the stack, which is there only now
                    records.add(record);
                },
                () ->
                        LOG.report(
                                System.Logger.Level.WARNING,
                                "a message",
                                new IllegalStateException("its cause")));

        assertThat(records).hasSize(1);
        assertThat(records.get(0).getLoggerName()).isEqualTo(LogTest.class.getName());
        assertThat(records.get(0).getMessage()).isEqualTo("a message");
        assertThat(records.get(0).getThrown()).hasMessage("its cause");
        assertThat(records.get(0).getSourceClassName()).isEqualTo(LogTest.class.getName());
    }

    @Test
    void shouldGoOnWhenAHandlerFails() {
        List<LogRecord> records = new ArrayList<>();

        whileHandled(
                record -> {
                    records.add(record);
                    throw new AssertionError("a handler of the user's");
                },
                () -> LOG.report(System.Logger.Level.WARNING, "a message", null));

        assertThat(records).hasSize(1);
    }

    private static void whileHandled(
            java.util.function.Consumer<LogRecord> records, Runnable work) {
        Logger logger = Logger.getLogger(LogTest.class.getName());
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord record) {
                        records.accept(record);
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
        try {
            work.run();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }
}
