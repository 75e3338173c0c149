package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The elements of a list beside an {@link ArrayList}, with copies of each moment. */
class ElementListTest {

    private final ElementList list = new ElementList();
    private final List<ByteString> model = new ArrayList<>();
    private final Random random = new Random(21);
    private int made;

    private List<ByteString> elements(int count) {
        List<ByteString> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(ByteString.copyFromUtf8(Integer.toString(made++)));
        }
        return elements;
    }

    private void add(int index, int count) {
        List<ByteString> elements = elements(count);
        assertThat(list.addAll(index, elements)).isEqualTo(count > 0);
        model.addAll(index, elements);
    }

    private void remove(int from, int to) {
        list.removeRange(from, to);
        model.subList(from, to).clear();
    }

    private void removeRanges() {
        List<Long> from = new ArrayList<>();
        List<Long> to = new ArrayList<>();
        boolean dense = random.nextBoolean();
        for (int at = random.nextInt(9); at < model.size() && from.size() < 300; ) {
            int end = Math.min(model.size(), at + (dense ? random.nextInt(3) : count()));
            from.add((long) at);
            to.add((long) end);
            at = end + (dense ? random.nextInt(3) : random.nextInt(2 * ElementChunk.MAX_SIZE));
        }
        list.removeRanges(from, to);
        for (int i = from.size() - 1; i >= 0; i--) {
            model.subList(from.get(i).intValue(), to.get(i).intValue()).clear();
        }
    }

    private void set(int index) {
        ByteString element = elements(1).get(0);
        assertThat(list.set(index, element)).isEqualTo(model.set(index, element));
    }

    private void requireSame() {
        assertThat(list).isEqualTo(model);
        assertThat(list.bytes()).isEqualTo(model.stream().mapToLong(ByteString::size).sum());
        assertThat(list.plainBytes()).isEqualTo(list.bytes()); // none is large
    }

    /** One element, a few, or more than a chunk has. */
    private int count() {
        return switch (random.nextInt(10)) {
            case 0 -> random.nextInt(3 * ElementChunk.MAX_SIZE);
            case 1 -> random.nextInt(20);
            default -> 1;
        };
    }

    @Test
    void shouldDoWhatAnArrayListDoes() {
        List<List<ByteString>> copies = new ArrayList<>();
        List<List<ByteString>> expected = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            boolean grows = i / 2000 % 2 == 0;
            int size = model.size();
            int choice = random.nextInt(100);
            if (choice == 99) {
                removeRanges();
            } else if (choice < 2 && copies.size() < 20) {
                copies.add(list.copy());
                expected.add(new ArrayList<>(model));
            } else if (choice < 30 && size > 0) {
                set(random.nextInt(size));
            } else if (choice < (grows ? 80 : 50)) {
                add(random.nextBoolean() ? size : random.nextInt(size + 1), count());
            } else {
                int from = random.nextInt(size + 1);
                remove(from, Math.min(size, from + count()));
            }
            if (i % 500 == 0) {
                requireSame();
                assertThat(copies).isEqualTo(expected);
                copies.clear();
                expected.clear();
            }
        }
        list.clear();
        model.clear();
        requireSame();
        add(0, 1);
        requireSame();
    }

    @Test
    void shouldGrowAndShrinkAtEitherEnd() {
        for (int i = 0; i < 3000; i++) {
            add(0, 1);
            add(model.size(), 1);
        }
        requireSame();
        for (int i = 0; i < 2999; i++) {
            remove(0, 1);
            remove(model.size() - 1, model.size());
        }
        requireSame();
        remove(0, 2);
        requireSame();
    }
}
