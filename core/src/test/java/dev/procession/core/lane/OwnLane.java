package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests extend that have a lane of their own for each test, and leave no spill file. */
abstract class OwnLane {

    static final int MIB = 1 << 20;

    LaneEnd sender;
    LaneEnd receiver;

    @BeforeEach
    void open() throws IOException {
        LaneEnd[] pair = LaneEnd.createPair(1 << 18);
        sender = pair[0];
        receiver = pair[1];
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        receiver.close();
        assertThat(spills()).isEmpty();
    }

    /** Returns the spill files that there are, lent ones and those of lanes. */
    static Set<Path> spills() throws IOException {
        try (Stream<Path> all = Files.list(Session.current().home())) {
            return all.filter(file -> file.getFileName().toString().matches("[bp].*-.*"))
                    .collect(Collectors.toSet());
        }
    }
}
