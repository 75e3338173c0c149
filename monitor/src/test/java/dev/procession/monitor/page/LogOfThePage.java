package dev.procession.monitor.page;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** All that the page logs, at every level, while this is open. */
final class LogOfThePage extends Handler {

    private final Logger logger = Logger.getLogger("dev.procession.monitor");
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    LogOfThePage() {
        setLevel(Level.ALL);
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        records.add(record);
    }

    /** Returns the messages of a level and above, with their causes. */
    List<String> messages(Level level) {
        return records.stream()
                .filter(record -> record.getLevel().intValue() >= level.intValue())
                .map(record -> record.getMessage() + " " + record.getThrown())
                .toList();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}
