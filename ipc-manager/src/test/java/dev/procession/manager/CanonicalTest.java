package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.wire.Arithmetic;
import dev.procession.manager.wire.CanonicalReader;
import dev.procession.manager.wire.CanonicalWriter;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.ServerAddress;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The canonical encodings, which both sides rely on. */
class CanonicalTest {

    private static Object decoded(ByteString bytes) {
        return CanonicalReader.key(bytes, Class::forName);
    }

    @ParameterizedTest
    @MethodSource("dev.procession.manager.DictTest#keys")
    void shouldGiveEqualBytesForEqualKeysOnly(Object key) {
        ByteString bytes = CanonicalWriter.key(key);
        assertThat(decoded(bytes)).isEqualTo(key);
        for (Object other : DictTest.keys()) {
            if (!other.equals(key)) {
                assertThat(CanonicalWriter.key(other)).isNotEqualTo(bytes);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.procession.manager.DictTest#keys")
    void shouldRefuseBytesThatAreCut(Object key) {
        ByteString bytes = CanonicalWriter.key(key);
        for (int length = 0; length < bytes.size(); length++) {
            ByteString cut = bytes.substring(0, length);
            assertThatThrownBy(() -> decoded(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> decoded(bytes.concat(bytes)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldThrowNothingElseForRandomBytes() {
        Random random = new Random(4);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(20);
            }
            try {
                Object unused = decoded(ByteString.copyFrom(bytes));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("no ");
            }
        }
    }

    @Test
    void shouldDistinguishDecimalsOfDifferentScale() {
        assertThat(CanonicalWriter.key(new BigDecimal("1.0")))
                .isNotEqualTo(CanonicalWriter.key(new BigDecimal("1.00")));
    }

    @Test
    void shouldComputeOnlyWithOneType() {
        assertThat(Arithmetic.SUM.apply(Integer.MAX_VALUE, 1)).isEqualTo(Integer.MIN_VALUE);
        assertThat(Arithmetic.MAX.apply("a", "b")).isEqualTo("b");
        assertThatThrownBy(() -> Arithmetic.SUM.apply("a", "b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Arithmetic.SUM.apply(1, 1L))
                .isInstanceOf(IllegalArgumentException.class);
        for (Arithmetic function : Arithmetic.values()) {
            assertThat(Arithmetic.of(function.number())).isSameAs(function);
        }
        assertThat(Arithmetic.of(0)).isNull();
        assertThat(Arithmetic.of(Long.MAX_VALUE)).isNull();
    }

    @Test
    void shouldKnowItsFrames() throws Exception {
        for (FrameKind kind : FrameKind.values()) {
            assertThat(FrameKind.of(kind.number())).isSameAs(kind);
        }
        assertThatThrownBy(() -> FrameKind.of((byte) 99))
                .isInstanceOf(dev.procession.core.link.ProtocolException.class);
        assertThatThrownBy(() -> FrameKind.of((byte) -1))
                .isInstanceOf(dev.procession.core.link.ProtocolException.class);
    }

    @Test
    void shouldRefuseAnAddressThatNoSocketCanHave() {
        assertThatThrownBy(() -> new ServerAddress(Path.of("/" + "x".repeat(120))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("106");
    }
}
