package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SerializableFunctionTest {

    @Test
    void shouldStaySerialisableWhenJoined() {
        SerializableFunction<String, Integer> length = String::length;
        int factor = 3;
        var joined = length.andThen(number -> number * factor).compose(String::trim);
        assertThat(copy(joined).apply(" ab ")).isEqualTo(6);
        assertThat(copy(length.andThen(Integer::toBinaryString)).apply("abc")).isEqualTo("11");
    }

    @Test
    void shouldGiveLambdasTheirTypes() throws Exception {
        assertThat(copy(SerializableCallable.of(() -> "called")).call()).isEqualTo("called");
        assertThat(copy(SerializableSupplier.of(() -> "given")).get()).isEqualTo("given");
        assertThat(copy(SerializableFunction.of(String::length)).apply("7")).isEqualTo(1);
        copy(SerializableRunnable.of(() -> {})).run();
    }

    @SuppressWarnings("unchecked")
    private static <T> T copy(T value) {
        return (T) Codec.standard().decode(ByteBuffer.wrap(Codec.standard().encode(value)));
    }
}
