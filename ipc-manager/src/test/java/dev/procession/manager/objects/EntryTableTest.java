package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The table of a dict beside a {@link LinkedHashMap}. */
class EntryTableTest {

    private final EntryTable table = new EntryTable();
    private final Map<ByteString, ByteString> model = new LinkedHashMap<>();
    private long made;

    /** Keys of all lengths up to nine bytes, as the hash takes four at once. */
    private static ByteString key(int number) {
        return ByteString.copyFromUtf8(Integer.toString(number, 5));
    }

    private void put(ByteString key, ByteString value) {
        Entry entry = table.get(key);
        assertThat(entry == null).isEqualTo(!model.containsKey(key));
        if (entry == null) {
            entry = table.add(key, value, ++made);
        } else {
            table.change(entry, value, ++made);
        }
        assertThat(entry.version).isEqualTo(made);
        model.put(key, value);
    }

    private void remove(ByteString key) {
        Entry entry = table.get(key);
        ByteString old = model.remove(key);
        assertThat(entry == null ? null : entry.value).isEqualTo(old);
        if (entry != null) {
            table.remove(entry);
        }
    }

    private void requireSame() {
        assertThat(table.size()).isEqualTo(model.size());
        List<Map.Entry<ByteString, ByteString>> there = new ArrayList<>();
        long bytes = 0;
        for (Entry entry = table.first(); entry != null; entry = entry.after) {
            assertThat(table.get(entry.key())).isSameAs(entry);
            there.add(Map.entry(entry.key(), entry.value));
            bytes += entry.key().size() + entry.value.size();
        }
        assertThat(there).isEqualTo(new ArrayList<>(model.entrySet()));
        assertThat(table.bytes()).isEqualTo(bytes);
    }

    @Test
    void shouldDoWhatALinkedHashMapDoes() {
        Random random = new Random(23);
        for (int round = 0; round < 40; round++) {
            int puts = random.nextInt(101); // of a hundred; the table grows and shrinks
            for (int i = 0; i < 3000; i++) {
                ByteString key = key(random.nextInt(60_000));
                if (random.nextInt(100) < puts) {
                    put(key, key(random.nextInt()));
                } else {
                    remove(key);
                }
            }
            requireSame();
        }
    }

    @Test
    void shouldShrinkToNothingFromEitherEnd() {
        for (int i = 0; i < 50_000; i++) {
            put(key(i), key(-i));
        }
        requireSame();
        for (int i = 0; i < 20_000; i++) {
            remove(key(i));
            remove(key(49_999 - i));
        }
        requireSame();
        for (Iterator<ByteString> rest = List.copyOf(model.keySet()).iterator(); rest.hasNext(); ) {
            remove(rest.next());
        }
        requireSame();
        put(key(1), key(2));
        requireSame();
    }
}
