package dev.procession.monitor.page;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An open page of this process, a client that sends any bytes to it, and what the page logs. */
abstract class PageUnderAttack {

    @TempDir Path directory;
    Page page;
    RawClient client;
    LogOfThePage log;

    @BeforeEach
    void open() throws IOException {
        log = new LogOfThePage();
        page = Page.open(0, directory.resolve("key"));
        client = new RawClient(page);
    }

    @AfterEach
    void close() {
        page.close();
        log.close();
    }
}
