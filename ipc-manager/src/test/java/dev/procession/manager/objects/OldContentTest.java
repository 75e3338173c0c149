package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.stream.ServerStats;
import dev.procession.testing.Await;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What iterations of lists, and the events of cleared dicts, keep is counted. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OldContentTest extends WithServer {

    private static final int SIZE = 1000;
    private static final int ELEMENTS = 1000;
    private static final long COST = SIZE + ServerStats.ELEMENT_BYTES;

    /** What arrays of references take that were copied. */
    private static final long ARRAYS = 20_000;

    @Test
    void shouldCountWhatGoesFromAListDuringIterations() {
        ServerStats stats = new ServerStats();
        ElementList elements = new ElementList();
        ListOldContent old = new ListOldContent(stats, elements);
        ByteString value = ByteString.copyFrom(new byte[SIZE]);
        elements.addAll(0, Collections.nCopies(ELEMENTS, value));
        elements.removeRange(0, 100); // before any iteration
        ListSnapshot first = new ListSnapshot(1, client(1), old, elements).of(elements.copy());
        assertThat(stats.oldContent()).isZero();
        assertThat(first.keepsContent()).isFalse();
        elements.removeRange(0, 100);
        elements.set(7, value);
        old.changed();
        assertThat(stats.oldContent()).isBetween(101 * COST, 101 * COST + ARRAYS);
        assertThat(first.keepsContent()).isTrue();
        ListSnapshot second = new ListSnapshot(2, client(1), old, elements).of(elements.copy());
        elements.clear();
        old.changed();
        assertThat(stats.oldContent()).isBetween(901 * COST, 901 * COST + ARRAYS);
        assertThat(first.release(10)).isZero();
        assertThat(stats.oldContent()).isEqualTo(800 * COST); // all that the second one has
        assertThat(second.release(10)).isZero();
        assertThat(stats.oldContent()).isZero();
    }

    @Test
    void shouldCountTheEntriesOfAClearedDictUntilTheirEventsAreSent() throws Exception {
        ServerStats stats = server.stats();
        DictEvents events = new DictEvents(server.tasks(), stats);
        CompletableFuture<Long> counted = new CompletableFuture<>();
        server.tasks()
                .execute(
                        () -> {
                            assertThat(events.watch(client(1).stream(), 1, null)).isTrue();
                            EntryTable entries = new EntryTable();
                            for (int i = 1; i <= 10_000; i++) {
                                ByteString key = ByteString.copyFromUtf8("k" + i);
                                Entry unused = entries.add(key, key, i);
                            }
                            OldContent content = new OldContent(stats, entries.bytes());
                            events.cleared(entries.first(), content);
                            counted.complete(stats.oldContent() - entries.bytes());
                        });
        assertThat(counted.get(50, TimeUnit.SECONDS)).isZero();
        Await.until(() -> stats.oldContent() == 0, "all events were sent");
    }
}
