package dev.procession.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.UndecodableException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records, which are written by their components if an object stream would not differ. */
class CodecRecordTest {

    private static final Codec CODEC = Codec.standard();

    private record Order(int id, long at, double price, @Nullable String item, boolean paid)
            implements Serializable {}

    private record Picture(String name, byte[] pixels) implements Serializable {}

    private record Twins(byte[] one, byte[] other) implements Serializable {}

    private record Group(String name, List<String> members) implements Serializable {}

    private record Checked(int size) implements Serializable {
        Checked {
            if (size < 0) {
                throw new IllegalArgumentException("size is " + size);
            }
        }
    }

    private record Replaced(int number) implements Serializable {
        @Serial
        private Object writeReplace() {
            return "replaced by " + number;
        }
    }

    private record Version1(int id, String gone) implements Serializable {}

    private record Version2(long added, @Nullable String text, int id) implements Serializable {}

    private record Version3(long id) implements Serializable {}

    private static @Nullable Object travel(Object value) {
        return CODEC.decode(ByteBuffer.wrap(CODEC.encode(value)));
    }

    /**
     * Renames a class in a message, as if the sender had another one; the names are equally long.
     */
    private static byte[] renamed(byte[] bytes, Class<?> from, Class<?> to) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.replace(from.getName(), to.getName()).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldWriteSimpleRecordsByTheirComponents() {
        Order order = new Order(1, Long.MIN_VALUE, -0.0, "žluťoučký", true);
        assertThat(travel(order)).isEqualTo(order);
        Order empty = new Order(0, 0, 0, null, false);
        assertThat(travel(empty)).isEqualTo(empty);
        assertThat(travel(empty)).isEqualTo(empty); // by the cached shape of the first
        assertThat(CODEC.encode(empty)[0]).isEqualTo(Tag.RECORD);
    }

    @Test
    void shouldCarryOneArrayOfBytes() {
        Picture picture = new Picture("p", new byte[100_000]);
        picture.pixels()[99_999] = 7;
        assertThat(travel(picture))
                .isInstanceOfSatisfying(
                        Picture.class,
                        seen -> {
                            assertThat(seen.name()).isEqualTo("p");
                            assertThat(seen.pixels()).isEqualTo(picture.pixels());
                        });
    }

    @Test
    void shouldKeepOneArrayOneObject() {
        byte[] bytes = {1};
        assertThat(travel(new Twins(bytes, bytes)))
                .isInstanceOfSatisfying(
                        Twins.class, seen -> assertThat(seen.one()).isSameAs(seen.other()));
    }

    @Test
    void shouldLeaveOtherComponentsToAnObjectStream() {
        Group group = new Group("trio", new ArrayList<>(List.of("harry", "ron", "hermione")));
        assertThat(travel(group)).isEqualTo(group);
        assertThat(CODEC.encode(group)[0]).isEqualTo(Tag.STREAM);
    }

    @Test
    void shouldReplaceWhatReplacesItself() {
        assertThat(travel(new Replaced(3))).isEqualTo("replaced by 3");
    }

    @Test
    void shouldCallTheConstructor() {
        byte[] bytes = CODEC.encode(new Checked(1));
        bytes[bytes.length - 1] = 1;
        bytes[bytes.length - 4] = (byte) 0x80;
        assertThatThrownBy(() -> CODEC.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(UndecodableException.class)
                .hasCauseInstanceOf(InvalidObjectException.class)
                .hasRootCauseMessage("size is -2147483647");
    }

    @Test
    void shouldMatchComponentsByName() {
        byte[] bytes = CODEC.encode(new Version1(5, "gone"));
        byte[] sent = renamed(bytes, Version1.class, Version2.class);
        assertThat(CODEC.decode(ByteBuffer.wrap(sent))).isEqualTo(new Version2(0, null, 5));
    }

    @Test
    void shouldRefuseAComponentOfAnotherType() {
        byte[] bytes = CODEC.encode(new Version1(5, "gone"));
        byte[] sent = renamed(bytes, Version1.class, Version3.class);
        assertThatThrownBy(() -> CODEC.decode(ByteBuffer.wrap(sent)))
                .isInstanceOf(UndecodableException.class)
                .rootCause()
                .isInstanceOf(InvalidClassException.class)
                .hasMessageContaining("id is a long here, sent was a int");
    }

    @Test
    void shouldAskTheFilter() {
        Codec filtered =
                Codec.filtered(
                        ObjectInputFilter.Config.createFilter(Order.class.getName() + ";!*"));
        Order order = new Order(1, 2, 3, "four", false);
        assertThat(filtered.decode(ByteBuffer.wrap(filtered.encode(order)))).isEqualTo(order);
        byte[] refused = filtered.encode(new Checked(1));
        assertThatThrownBy(() -> filtered.decode(ByteBuffer.wrap(refused)))
                .isInstanceOf(UndecodableException.class)
                .hasRootCauseInstanceOf(InvalidClassException.class);
    }
}
