package dev.procession.core.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableFunction;
import dev.procession.core.SerializableSupplier;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CodecLambdaTest {

    interface SerializableIntOperator extends IntBinaryOperator, Serializable {}

    interface Transform<T extends Comparable<T>, L extends List<? super T>> extends Serializable {
        L apply(T value, Map<? extends T, ?> more) throws Exception;
    }

    interface InInterface {
        static SerializableCallable<String> make(String text) {
            return () -> "interface " + text;
        }

        default SerializableCallable<String> name() {
            return () -> "default " + this;
        }
    }

    record Greeter(String greeting) implements Serializable, InInterface {
        String greet(String name) {
            return greeting + " " + name;
        }

        SerializableFunction<String, String> capturingThis(int times) {
            return name -> greet(name).repeat(times);
        }
    }

    @Nested
    class Kinds {

        @Test
        void shouldCarryLambdasThatCaptureNothing() throws Exception {
            assertThat(copyFast(SerializableCallable.of(() -> 42)).call()).isEqualTo(42);
        }

        @Test
        void shouldCarryThisWithOtherArguments() {
            assertThat(copyFast(new Greeter("hi").capturingThis(2)).apply("you"))
                    .isEqualTo("hi youhi you");
        }

        @Test
        void shouldCarryMethodReferences() {
            SerializableFunction<String, Integer> unbound = String::length;
            SerializableFunction<String, Integer> ofStatic = Integer::parseInt;
            SerializableFunction<String, String> bound = new Greeter("hi")::greet;
            SerializableFunction<CharSequence, Integer> ofInterface = CharSequence::length;
            SerializableSupplier<Integer> boundToString = "four"::length;
            assertThat(copyFast(unbound).apply("four")).isEqualTo(4);
            assertThat(copyFast(ofStatic).apply("4")).isEqualTo(4);
            assertThat(copyFast(bound).apply("you")).isEqualTo("hi you");
            assertThat(copyFast(ofInterface).apply("four")).isEqualTo(4);
            assertThat(copyFast(boundToString).get()).isEqualTo(4);
        }

        @Test
        void shouldCarryConstructorReferences() {
            SerializableSupplier<List<String>> list = ArrayList::new;
            SerializableFunction<Integer, int[]> array = int[]::new;
            SerializableFunction<String, Greeter> greeter = Greeter::new;
            assertThat(copyFast(list).get()).isInstanceOf(ArrayList.class).isEmpty();
            assertThat(copyFast(array).apply(3)).hasSize(3);
            assertThat(copyFast(greeter).apply("hi")).isEqualTo(new Greeter("hi"));
        }

        @Test
        void shouldCarryIntersectionsAndMarkers() throws Exception {
            Runnable marked = (Runnable & Serializable & Cloneable) () -> {};
            BiFunction<Integer, Integer, Integer> sum =
                    (BiFunction<Integer, Integer, Integer> & Serializable) Integer::sum;
            assertThat(copyFast(marked)).isInstanceOf(Cloneable.class);
            assertThat(copyFast(sum).apply(1, 2)).isEqualTo(3);
            Callable<String> callable = (Callable<String> & Serializable) () -> "called";
            assertThat(copyFast(callable).call()).isEqualTo("called");
        }

        @Test
        void shouldCarryPrimitiveAndGenericFunctionalTypes() throws Exception {
            SerializableIntOperator product = (a, b) -> a * b;
            Transform<String, List<CharSequence>> transform =
                    (value, more) -> new ArrayList<>(List.of(value, "" + more));
            assertThat(copyFast(product).applyAsInt(6, 7)).isEqualTo(42);
            assertThat(copyFast(transform).apply("a", Map.of("k", 1)).toString())
                    .isEqualTo("[a, {k=1}]");
        }

        @Test
        void shouldCarryLambdasOfInterfaces() throws Exception {
            assertThat(copyFast(InInterface.make("x")).call()).isEqualTo("interface x");
            assertThat(copyFast(new Greeter("g").name()).call())
                    .isEqualTo("default Greeter[greeting=g]");
        }

        @Test
        void shouldCarryLambdasOfTheJdk() {
            Comparator<String> order =
                    Comparator.comparing((Function<String, Integer> & Serializable) String::length)
                            .thenComparing(Comparator.naturalOrder());
            List<String> sorted = new ArrayList<>(List.of("bb", "a", "aa"));
            sorted.sort(copy(order));
            assertThat(sorted).containsExactly("a", "aa", "bb");
        }

        @Test
        void shouldDistinguishLambdasOfOneClass() {
            List<SerializableSupplier<String>> suppliers =
                    List.of(() -> "one", () -> "two", () -> "three");
            for (int round = 0; round < 3; round++) {
                assertThat(suppliers.stream().map(CodecLambdaTest::copyFast).map(Supplier::get))
                        .containsExactly("one", "two", "three");
            }
        }
    }

    @Nested
    class Captured {

        @Test
        void shouldCarryAllPrimitivesAndString() {
            boolean z = true;
            byte b = -1;
            short s = -2;
            char c = '☃';
            int i = Integer.MIN_VALUE;
            long j = Long.MAX_VALUE;
            float f = 1.5f;
            double d = -2.5;
            String text = "t☃";
            SerializableSupplier<List<Object>> all = () -> List.of(z, b, s, c, i, j, f, d, text);
            assertThat(copyFast(all).get()).isEqualTo(all.get());
            assertThat(Codec.standard().encode(all)).doesNotContain(Tag.STREAM, Tag.SHARED);
        }

        @Test
        void shouldCarryBoxesAndNulls() {
            Integer box = null;
            String text = null;
            Long number = 5L;
            SerializableSupplier<String> all = () -> box + text + number;
            assertThat(copyFast(all).get()).isEqualTo("nullnull5");
        }

        @Test
        void shouldCarryOneObjectInPlace() {
            List<String> list = new ArrayList<>(List.of("a"));
            int before = 1;
            int after = 2;
            SerializableSupplier<String> all = () -> before + list.toString() + after;
            assertThat(copyFast(all).get()).isEqualTo("1[a]2");
        }

        @Test
        void shouldKeepIdentitySharedBetweenArguments() {
            List<Object> inner = new ArrayList<>();
            List<Object> outer = new ArrayList<>(List.of(inner));
            byte[] bytes = {1};
            byte[] same = bytes;
            int number = 9;
            SerializableSupplier<List<Object>> all =
                    () -> List.of(inner, outer, number, bytes, same);
            List<Object> copied = copyFast(all).get();
            assertThat(((List<?>) copied.get(1)).get(0)).isSameAs(copied.get(0));
            assertThat(copied.get(3)).isSameAs(copied.get(4));
            assertThat(copied.get(2)).isEqualTo(9);
        }

        @Test
        void shouldKeepIdentitySharedThroughNestedLambdas() {
            List<Object> shared = new ArrayList<>();
            SerializableSupplier<Object> first = () -> shared;
            SerializableSupplier<Object> second = () -> shared;
            SerializableSupplier<List<Object>> both = () -> List.of(first.get(), second.get());
            List<Object> copied = copyFast(both).get();
            assertThat(copied.get(0)).isSameAs(copied.get(1));
        }

        @Test
        void shouldKeepCyclesThroughALambda() {
            List<Object> box = new ArrayList<>();
            SerializableSupplier<List<Object>> lambda = () -> box;
            box.add(lambda);
            List<Object> copied = copyFast(lambda).get();
            assertThat(((Supplier<?>) copied.get(0)).get()).isSameAs(copied);
        }

        @Test
        void shouldCarryNestedLambdas() {
            SerializableFunction<Integer, Integer> chain = x -> x + 1;
            byte[] two = Codec.standard().encode(chain.andThen(chain));
            assertThat(two).doesNotContain(Tag.SHARED);
            for (int depth = 0; depth < LambdaParts.DEEPEST + 5; depth++) {
                SerializableFunction<Integer, Integer> before = chain;
                int step = depth;
                chain = x -> before.apply(x) + step;
            }
            assertThat(copyFast(chain).apply(0)).isEqualTo(chain.apply(0));
        }

        @Test
        void shouldCarryLambdasInsideOtherObjects() {
            int base = 1;
            List<SerializableFunction<Integer, Integer>> list =
                    new ArrayList<>(List.of(x -> x + base, x -> x * 2));
            assertThat(copy(list).get(0).apply(4)).isEqualTo(5);
        }
    }

    @Test
    void shouldRestoreLambdasOfClosedClassesThroughTheJdk() throws IOException {
        Comparator<String> order =
                Comparator.comparing((Function<String, Integer> & Serializable) String::length);
        assertThat(Codec.standard().encode(order)[0]).isEqualTo(Tag.STREAM);
        byte[] message = messageOf(Parts.of(order));
        @SuppressWarnings("unchecked")
        Comparator<String> copied =
                (Comparator<String>) Codec.standard().decode(ByteBuffer.wrap(message));
        assertThat(copied.compare("a", "bb")).isNegative();
    }

    /** Writes a lambda with one captured argument as if its class had been open. */
    private static byte[] messageOf(SerializedLambda parts) throws IOException {
        ByteSink fixed = new ByteSink();
        for (Object part :
                List.of(
                        parts.getCapturingClass(),
                        parts.getFunctionalInterfaceClass(),
                        parts.getFunctionalInterfaceMethodName(),
                        parts.getFunctionalInterfaceMethodSignature(),
                        parts.getImplMethodKind(),
                        parts.getImplClass(),
                        parts.getImplMethodName(),
                        parts.getImplMethodSignature(),
                        parts.getInstantiatedMethodType())) {
            ValueWriter.write(fixed, part);
        }
        ByteSink message = new ByteSink();
        message.write(Tag.LAMBDA);
        message.writeLong(12345);
        message.writeSize(fixed.size());
        message.write(fixed.toByteArray(), 0, fixed.size());
        message.writeSize(1);
        ValueWriter.write(message, parts.getCapturedArg(0));
        return message.toByteArray();
    }

    /** Captures the object as which a lambda of a closed class is written. */
    private static final class Parts extends ObjectOutputStream {
        private SerializedLambda first;

        Parts() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        static SerializedLambda of(Object lambda) throws IOException {
            try (Parts parts = new Parts()) {
                parts.writeObject(lambda);
                return parts.first;
            }
        }

        @Override
        protected Object replaceObject(Object value) {
            if (first == null && value instanceof SerializedLambda parts) {
                first = parts;
            }
            return value;
        }
    }

    @Test
    void shouldDecodeFromDirectBuffersThroughTheCache() {
        for (int i = 0; i < 3; i++) {
            int number = i;
            SerializableSupplier<Integer> lambda = () -> number;
            byte[] bytes = Codec.standard().encode(lambda);
            ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            assertThat(((Supplier<?>) Codec.standard().decode(direct)).get()).isEqualTo(i);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> T copy(T value) {
        return (T) Codec.standard().decode(ByteBuffer.wrap(Codec.standard().encode(value)));
    }

    private static <T> T copyFast(T lambda) {
        assertThat(Codec.standard().encode(lambda)[0]).isEqualTo(Tag.LAMBDA);
        return copy(lambda);
    }
}
