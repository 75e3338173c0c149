package dev.procession.core.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.testing.Background;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CodecRoundTripTest {

    record Point(int x, String name) implements Serializable {}

    static Stream<Object> values() {
        return Stream.of(
                true,
                false,
                (byte) -1,
                Short.MIN_VALUE,
                'é',
                '\uD800',
                0,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                Long.MIN_VALUE,
                Float.NaN,
                Float.MIN_VALUE,
                -0.0,
                Double.POSITIVE_INFINITY,
                "",
                "plain",
                "\u00FF latin \u0000",
                "snow ☃ and \uD83D\uDE00",
                "unpaired \uDC00\uD800",
                "x".repeat(200_000),
                "☃".repeat(70_000),
                new BigDecimal("1.50"),
                Instant.ofEpochSecond(1, 2),
                UUID.nameUUIDFromBytes(new byte[] {1}),
                DayOfWeek.FRIDAY,
                new Point(3, "p"),
                List.of(1, "two", 3.0),
                Map.of("k", List.of()),
                new TreeMap<>(Map.of(1, 2)),
                new TreeSet<>(List.of("b", "a")),
                int.class,
                void.class,
                int[][].class,
                Point.class,
                Map.Entry.class);
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldGiveBackAnEqualValue(Object value) {
        assertThat(copy(value)).isEqualTo(value).hasSameClassAs(value);
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldDecodeWhereTheBytesAreInNoArray(Object value) {
        assertThat(copyThroughMappedMemory(value)).isEqualTo(value).hasSameClassAs(value);
        assertThat(copyThroughMappedMemory(new ArrayList<>(List.of(value, value))))
                .isEqualTo(List.of(value, value));
    }

    /** Values that end before, at and behind the end of the window through which they are read. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8170, 8180, 8185, 8190, 8191, 8192, 8193, 16_384, 3_000_000})
    void shouldDecodeLargeValuesWhereTheyAreInNoArray(int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        int[] ints = IntStream.range(0, length / 4).toArray();
        long[] longs = Arrays.stream(ints).asLongStream().toArray();
        double[] doubles = Arrays.stream(ints).asDoubleStream().toArray();
        String latin = "é".repeat(length);
        String wide = "☃".repeat(length);
        assertThat((byte[]) copyThroughMappedMemory(bytes)).isEqualTo(bytes);
        assertThat((int[]) copyThroughMappedMemory(ints)).isEqualTo(ints);
        assertThat((long[]) copyThroughMappedMemory(longs)).isEqualTo(longs);
        assertThat((double[]) copyThroughMappedMemory(doubles)).isEqualTo(doubles);
        assertThat(copyThroughMappedMemory(latin)).isEqualTo(latin);
        assertThat(copyThroughMappedMemory(wide)).isEqualTo(wide);
        assertThat((List<?>) copyThroughMappedMemory(new ArrayList<>(List.of(bytes, latin, 1))))
                .satisfiesExactly(
                        first -> assertThat((byte[]) first).isEqualTo(bytes),
                        second -> assertThat(second).isEqualTo(latin),
                        third -> assertThat(third).isEqualTo(1));
        Point point = new Point(length, latin);
        assertThat(copyThroughMappedMemory(point)).isEqualTo(point);
        SerializableCallable<List<Object>> lambda = () -> List.of(latin, bytes, length, longs);
        assertThat((List<?>) ((SerializableCallable<?>) copyThroughMappedMemory(lambda)).call())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(latin),
                        second -> assertThat((byte[]) second).isEqualTo(bytes),
                        third -> assertThat(third).isEqualTo(length),
                        fourth -> assertThat((long[]) fourth).isEqualTo(longs));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 16_383, 16_384, 3_000_000})
    void shouldEncodeTheSameBytesInParts(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        SerializableCallable<Object> one = () -> bytes;
        SerializableCallable<Object> several = () -> List.of(length, bytes, one, "end");
        for (Object value :
                List.of(bytes, one, several, new Object[] {bytes, bytes}, new Point(1, "x"))) {
            Encoded parts = StandardCodec.INSTANCE.encodeParts(value);
            assertThat(parts.toByteArray()).isEqualTo(StandardCodec.INSTANCE.encode(value));
            assertThat(parts.length()).isEqualTo(parts.toByteArray().length);
        }
        assertThat(StandardCodec.INSTANCE.encodeParts(one).toParts())
                .as("a large array is not copied")
                .hasSize(length < 16_384 ? 1 : 3);
    }

    private static Object copyThroughMappedMemory(Object value) {
        byte[] encoded = Codec.standard().encode(value);
        ByteBuffer direct = ByteBuffer.allocateDirect(3 + encoded.length).position(3);
        direct.put(encoded).position(3);
        Object copy = Codec.standard().decode(direct.asReadOnlyBuffer());
        assertThat(direct.position()).isEqualTo(3);
        return copy;
    }

    @Test
    void shouldGiveBackNull() {
        assertThat(copy(null)).isNull();
        assertThat(Codec.standard().encode(null)).hasSize(1);
    }

    @Test
    void shouldEncodeSmallValuesCompactly() {
        assertThat(Codec.standard().encode(7)).hasSize(5);
        assertThat(Codec.standard().encode(7L)).hasSize(9);
        assertThat(Codec.standard().encode("seven")).hasSize(7);
        assertThat(Codec.standard().encode(new byte[100])).hasSize(102);
    }

    @Test
    void shouldGiveBackArrays() {
        assertThat((byte[]) copy(new byte[0])).isEmpty();
        assertThat((byte[]) copy(new byte[] {1, -1})).containsExactly(1, -1);
        assertThat((int[]) copy(new int[] {1, Integer.MIN_VALUE})).containsExactly(1, 1 << 31);
        assertThat((int[]) copy(new int[0])).isEmpty();
        assertThat((long[]) copy(new long[] {-1, Long.MAX_VALUE})).containsExactly(-1, -1L >>> 1);
        assertThat((double[]) copy(new double[] {-0.0, 1e300})).containsExactly(-0.0, 1e300);
        assertThat(Codec.standard().encode(new int[100])).hasSize(402);
        long[][] nested = {{1}, {2, 3}};
        assertThat((long[][]) copy(nested)).isDeepEqualTo(nested);
        assertThat((String[]) copy(new String[] {"a", null})).containsExactly("a", null);
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        assertThat((byte[]) copy(large)).isEqualTo(large);
    }

    @Test
    void shouldGiveBackLargeAndSparseCollections() {
        Map<Integer, String> sparse = new HashMap<>(4, 0.01f);
        IntStream.range(0, 5000).forEach(i -> sparse.put(i, ""));
        assertThat(copy(sparse)).isEqualTo(sparse);
        assertThat(copy(new HashMap<>(1 << 20, 0.25f))).isEqualTo(Map.of());
        assertThat(copy(new HashSet<>(sparse.keySet()))).isEqualTo(sparse.keySet());
        assertThat(copy(new ArrayList<>(1_000_000))).isEqualTo(List.of());
        assertThat(copy(new ConcurrentHashMap<>(sparse))).isEqualTo(sparse);
        IdentityHashMap<String, String> byIdentity = new IdentityHashMap<>();
        byIdentity.put("a", "b");
        assertThat(copy(byIdentity)).asString().isEqualTo("{a=b}");
        assertThat(copy(new ArrayDeque<>(List.of(1, 2)))).asString().isEqualTo("[1, 2]");
        assertThat(copy(new PriorityQueue<>(List.of(2, 1)))).asString().isEqualTo("[1, 2]");
        assertThat(copy(new int[100_000])).isEqualTo(new int[100_000]);
    }

    @Test
    void shouldGiveBackProxies() {
        Runnable proxy =
                (Runnable)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Runnable.class, Hidden.class},
                                new NamedHandler("proxied"));
        assertThat(copy(proxy)).hasToString("proxied").isInstanceOf(Hidden.class);
    }

    @Test
    void shouldGiveBackCycles() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        List<?> copied = (List<?>) copy(self);
        assertThat(copied.get(0)).isSameAs(copied);
    }

    @Test
    void shouldReadFromPositionToLimitOfAnyBufferAndLeaveThemAlone() {
        byte[] message = Codec.standard().encode(List.of("a"));
        ByteBuffer heap = ByteBuffer.allocate(500);
        for (ByteBuffer buffer : List.of(heap, ByteBuffer.allocateDirect(500))) {
            buffer.position(7).put(message);
            buffer.flip().position(7);
            assertThat(Codec.standard().decode(buffer)).isEqualTo(List.of("a"));
            assertThat(Codec.standard().decode(buffer.asReadOnlyBuffer())).isEqualTo(List.of("a"));
            assertThat(buffer.position()).isEqualTo(7);
            assertThat(buffer.remaining()).isEqualTo(message.length);
        }
    }

    @Test
    void shouldGiveBackRandomValues() {
        for (int seed = 0; seed < 3000; seed++) {
            Object value = RandomValues.next(new Random(seed), 4);
            Object copied = copy(value);
            assertThat(Arrays.deepEquals(new Object[] {copied}, new Object[] {value}))
                    .as("seed %d: %s", seed, value)
                    .isTrue();
        }
    }

    @Test
    void shouldServeManyThreadsAtOnce() throws Exception {
        int threads = 4;
        CountDownLatch allHere = new CountDownLatch(threads);
        List<Background<Void>> copiers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            copiers.add(
                    Background.start(
                            () -> {
                                allHere.countDown();
                                allHere.await();
                                requireCopies(500);
                                return null;
                            }));
        }
        for (Background<Void> copier : copiers) {
            copier.get();
        }
    }

    private static void requireCopies(int count) {
        Map<String, Integer> value = new LinkedHashMap<>(Map.of("a", 1));
        for (int i = 0; i < count; i++) {
            int number = i;
            assertThat(copy(value)).isEqualTo(value);
            assertThat(copy(SerializableCallable.of(() -> number)))
                    .isInstanceOf(SerializableCallable.class);
        }
    }

    private static Object copy(Object value) {
        return Codec.standard().decode(ByteBuffer.wrap(Codec.standard().encode(value)));
    }

    interface Hidden {}

    private record NamedHandler(String name) implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return method.getName().equals("toString") ? name : null;
        }
    }
}
