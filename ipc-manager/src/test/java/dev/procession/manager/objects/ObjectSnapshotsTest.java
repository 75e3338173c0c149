package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedEvent;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A look at many objects takes many turns, between which clients make and leave objects. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ObjectSnapshotsTest {

    private static final int MANY = 10_000;

    @TempDir private Path directory;

    @Test
    void shouldLookAtFewObjectsInEachTurnWhileOthersComeAndGo() throws Exception {
        try (ManagerServer server = ManagerServer.start(ServerTests.options(directory));
                Manager manager = Manager.connect(server.directory(), new byte[] {1})) {
            List<SharedEvent> events = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                SharedEvent event = manager.event();
                event.set();
                events.add(event);
            }
            manager.dict("d").put("a", "b");
            ObjectSnapshots seen =
                    ServerTests.call(server, () -> new ObjectSnapshots(server.objects()));
            int turns = 1;
            while (ServerTests.call(server, seen::lookAtMore)) {
                events.get(turns).clear();
                manager.event("more" + turns).set();
                boolean unused = manager.event().isSet(); // forgets some that are as new
                turns++;
            }
            assertThat(turns).isGreaterThanOrEqualTo(MANY / 1024);
            List<ManagerSnapshot.SharedObject> objects = ServerTests.call(server, seen::objects);
            assertThat(objects).hasSize(200);
            assertThat(objects.get(0).name()).isEqualTo("d");
            assertThat(objects.size() + seen.moreObjects())
                    .isBetween(MANY + 1 - turns, MANY + 1 + 2 * turns);
        }
    }
}
