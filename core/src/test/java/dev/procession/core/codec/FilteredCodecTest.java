package dev.procession.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.UndecodableException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilteredCodecTest {

    private final Codec codec =
            Codec.filtered(ObjectInputFilter.Config.createFilter("java.util.*;java.lang.*;!*"));

    private record Unlisted(int number) implements Serializable {}

    @Test
    void shouldAdmitClassesThatTheFilterNames() {
        List<String> list = new ArrayList<>(List.of("a", "b"));
        assertThat(codec.decode(ByteBuffer.wrap(codec.encode(list)))).isEqualTo(list);
        assertThat(codec.decode(ByteBuffer.wrap(codec.encode("text")))).isEqualTo("text");
    }

    @Test
    void shouldRefuseAClassThatTheFilterRejects() {
        byte[] bytes = codec.encode(new Unlisted(1));
        assertThatThrownBy(() -> codec.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(UndecodableException.class)
                .hasRootCauseInstanceOf(InvalidClassException.class);
    }

    @Test
    void shouldRefuseLambdas() {
        SerializableCallable<Integer> lambda = () -> 42;
        byte[] bytes = codec.encode(lambda);
        assertThatThrownBy(() -> codec.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(UndecodableException.class)
                .hasRootCauseInstanceOf(InvalidClassException.class);
    }
}
