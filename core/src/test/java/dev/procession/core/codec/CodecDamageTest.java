package dev.procession.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.UndecodableException;
import dev.procession.core.UnserializableException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class CodecDamageTest {

    private record Named(String name, int number, byte[] bytes) implements Serializable {}

    static Stream<Object> values() {
        String text = "captured";
        int number = 5;
        List<Integer> list = new ArrayList<>(List.of(1, 2));
        SerializableCallable<Object> nested = () -> list + text;
        return Stream.of(
                5,
                6L,
                7.0,
                8f,
                'c',
                (short) 9,
                "latin",
                "☃☃☃",
                new byte[20],
                new long[20],
                new int[] {1, 2},
                new double[] {3},
                new Named("a record", 1, new byte[] {2}),
                new HashMap<>(Map.of("key", List.of(1, 2, 3))),
                (SerializableCallable<Object>) () -> number + text,
                (SerializableCallable<Object>) () -> text + list,
                (SerializableCallable<Object>) () -> List.of(list, nested),
                (SerializableCallable<Object>) () -> nested);
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldRefuseEveryTruncation(Object value) {
        byte[] message = Codec.standard().encode(value);
        for (int length = 0; length < message.length; length++) {
            assertRefused(Arrays.copyOf(message, length));
            assertRefusedDirect(Arrays.copyOf(message, length));
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldRefuseBytesAfterTheEnd(Object value) {
        byte[] message = Codec.standard().encode(value);
        assertRefused(Arrays.copyOf(message, message.length + 1));
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldSurviveEveryDamagedByte(Object value) {
        byte[] message = Codec.standard().encode(value);
        Random random = new Random(3);
        for (int position = 0; position < message.length; position++) {
            for (int damage : new int[] {0xFF, 0x80, 1, 1 + random.nextInt(254)}) {
                byte[] damaged = message.clone();
                damaged[position] ^= (byte) damage;
                decodeOrRefuse(damaged);
            }
        }
    }

    @Test
    void shouldSurviveRandomGarbage() {
        Random random = new Random(4);
        for (int round = 0; round < 200_000; round++) {
            byte[] garbage = new byte[random.nextInt(60)];
            random.nextBytes(garbage);
            if (garbage.length > 0 && round % 2 == 0) {
                garbage[0] = (byte) random.nextInt(24);
            }
            decodeOrRefuse(garbage);
        }
    }

    @Test
    void shouldRefuseLengthsThatAreNotThereBeforeAllocating() {
        byte[] huge = {-1, -1, -1, -1, 7};
        for (byte tag :
                new byte[] {Tag.LATIN1, Tag.UTF16, Tag.BYTES, Tag.INTS, Tag.LONGS, Tag.DOUBLES}) {
            assertRefused(concat(new byte[] {tag}, huge));
        }
        assertRefused(new byte[] {Tag.STREAM, 127, -1, -1, -1, 0});
        assertRefused(new byte[] {Tag.STREAM, -1, -1, -1, -1, 0});
        assertRefused(concat(new byte[] {Tag.LAMBDA, 0, 0, 0, 0, 0, 0, 0, 0}, huge));
        assertRefused(concat(new byte[] {Tag.RECORD, 0, 0, 0, 0, 0, 0, 0, 0}, huge));
        assertRefused(new byte[] {Tag.BYTES, -1, -1, -1, -1, 127});
        assertRefused(new byte[] {Tag.BYTES, -1, -1, -1, -1, -1, -1});
        assertRefused(new byte[] {Tag.SHARED});
    }

    @Test
    void shouldRefuseArraysInStreamsThatAreNotThereBeforeAllocating() {
        byte[] message = Codec.standard().encode(new short[] {1});
        // The length stands just before the only element.
        ByteBuffer.wrap(message).putInt(message.length - 6, Integer.MAX_VALUE - 8);
        assertRefused(message);
    }

    @Test
    void shouldRefuseWhatIsNestedTooDeeply() {
        Object nested = null;
        for (int depth = 0; depth < 200_000; depth++) {
            nested = new Object[] {nested};
        }
        Object deep = nested;
        assertThatThrownBy(() -> Codec.standard().encode(deep))
                .isInstanceOf(UnserializableException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void shouldRefuseAStreamTooDeepForTheStack() throws InterruptedException {
        List<byte[]> encoded = new ArrayList<>();
        runWithStack(
                512 << 20,
                () -> {
                    Object nested = null;
                    for (int depth = 0; depth < 100_000; depth++) {
                        nested = new Object[] {nested};
                    }
                    encoded.add(Codec.standard().encode(nested));
                });
        assertThat(encoded).hasSize(1);
        assertThatThrownBy(() -> Codec.standard().decode(ByteBuffer.wrap(encoded.get(0))))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void shouldKeepTheBytesAndTheCauseWhenTheObjectRefuses() {
        byte[] message = Codec.standard().encode(new RefusesToReturn());
        assertThatThrownBy(() -> Codec.standard().decode(ByteBuffer.wrap(message)))
                .isInstanceOfSatisfying(
                        UndecodableException.class,
                        refused -> {
                            assertThat(refused.bytes()).isEqualTo(message);
                            assertThat(refused.className()).isEmpty();
                        })
                .hasMessageContaining("I stay")
                .hasCauseInstanceOf(AssertionError.class);
    }

    @Test
    void shouldSurviveAnObjectThatRefusesWithAHostileException() {
        byte[] message = Codec.standard().encode(new RefusesRudely());
        assertRefused(message);
    }

    private static void runWithStack(long bytes, Runnable work) throws InterruptedException {
        Thread thread = new Thread(null, work, "deep", bytes);
        thread.start();
        thread.join();
    }

    private static void assertRefused(byte[] message) {
        assertThatThrownBy(() -> Codec.standard().decode(ByteBuffer.wrap(message)))
                .isInstanceOfSatisfying(
                        UndecodableException.class,
                        refused -> assertThat(refused.bytes()).isEqualTo(message));
    }

    private static void assertRefusedDirect(byte[] message) {
        ByteBuffer direct = ByteBuffer.allocateDirect(message.length).put(message).flip();
        assertThatThrownBy(() -> Codec.standard().decode(direct))
                .isInstanceOf(UndecodableException.class);
    }

    private static void decodeOrRefuse(byte[] message) {
        try {
            Codec.standard().decode(ByteBuffer.wrap(message));
        } catch (UndecodableException expected) {
            assertThat(expected.bytes()).isEqualTo(message);
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static final class RefusesToReturn implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object readResolve() {
            throw new AssertionError("I stay");
        }
    }

    private static final class RefusesRudely implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object readResolve() {
            throw new IllegalStateException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                    throw new Error("no message either");
                }
            };
        }
    }
}
