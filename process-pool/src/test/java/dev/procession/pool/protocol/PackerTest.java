package dev.procession.pool.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PackerTest {

    private static final List<Integer> MANY = IntStream.range(0, 40_000).boxed().toList();

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(List.of(), Object[].class),
                Arguments.of(List.of(1), int[].class),
                Arguments.of(MANY, int[].class),
                Arguments.of(MANY.stream().map(Long::valueOf).toList(), long[].class),
                Arguments.of(MANY.stream().map(Double::valueOf).toList(), double[].class),
                Arguments.of(MANY.stream().map(String::valueOf).toList(), Object[].class),
                Arguments.of(with(MANY, "last"), Object[].class),
                Arguments.of(with(MANY, null), Object[].class),
                Arguments.of(with(MANY, 5L), Object[].class),
                Arguments.of(with(List.of(1.5, 2.5), 3), Object[].class),
                Arguments.of(with(Collections.singletonList(null), 1), Object[].class),
                Arguments.of(List.of((byte) 1, (short) 2), Object[].class));
    }

    private static List<@Nullable Object> with(List<?> values, @Nullable Object last) {
        List<@Nullable Object> all = new ArrayList<>(values);
        all.add(last);
        return all;
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldKeepEveryValueAndItsKind(List<?> values, Class<?> kind) {
        Packer packer = new Packer(values.size());
        values.forEach(packer::add);
        assertThat(packer.size()).isEqualTo(values.size());
        Object packed = packer.pack();
        assertThat(packed).isInstanceOf(kind);
        @Nullable Object[] read = new @Nullable Object[Packed.size(packed)];
        Arrays.setAll(read, i -> Packed.get(packed, i));
        assertThat(Arrays.asList(read)).isEqualTo(values);
    }
}
