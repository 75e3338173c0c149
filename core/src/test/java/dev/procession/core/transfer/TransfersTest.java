package dev.procession.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransfersTest {

    private static final List<String> TAKEN_BACK = new ArrayList<>();

    private record Remembered(String name) implements Transfers.Move {
        @Override
        public void takeBack() {
            TAKEN_BACK.add(name);
        }

        @Override
        public void abandon() {
            throw new AssertionError("nothing was sent");
        }

        @Override
        public boolean isUnderWay() {
            return !TAKEN_BACK.contains(name);
        }
    }

    /** Moves when it is serialised, and only once, as an end does. */
    private static final class Mover implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String name;
        private transient boolean moved;

        Mover(String name) {
            this.name = name;
        }

        @Serial
        private Object writeReplace() {
            if (moved) {
                throw new IllegalStateException("moved before");
            }
            moved = true;
            Transfers.moved(new Remembered(name));
            return name;
        }
    }

    /** Sends another object while it is serialised. */
    private record Nesting(Mover inner) implements Serializable {
        @Serial
        private Object writeReplace() {
            Transfers.encode(Codec.standard(), inner);
            return "sent";
        }
    }

    @Test
    void shouldTakeBackOnceWhatHadMovedWhenTheRestFails() {
        TAKEN_BACK.clear();
        Object value = new ArrayList<>(List.of(new Mover("one"), new Object()));
        assertThatThrownBy(() -> Transfers.encode(Codec.standard(), value))
                .isInstanceOf(RuntimeException.class);
        assertThat(TAKEN_BACK).containsExactly("one");
    }

    @Test
    void shouldTakeBackOnlyWhenAsked() {
        TAKEN_BACK.clear();
        Transfers.Shipment shipment = Transfers.pack(Codec.standard(), new Mover("one"));
        assertThat(shipment.bytes()).isNotEmpty();
        assertThat(TAKEN_BACK).isEmpty();
        shipment.takeBack();
        assertThat(TAKEN_BACK).containsExactly("one");
    }

    @Test
    void shouldKeepNestedEncodingsApart() {
        TAKEN_BACK.clear();
        Object value =
                new ArrayList<>(
                        List.of(new Mover("outer"), new Nesting(new Mover("inner")), new Object()));
        assertThatThrownBy(() -> Transfers.encode(Codec.standard(), value))
                .isInstanceOf(RuntimeException.class);
        assertThat(TAKEN_BACK).containsExactly("outer");
    }

    @Test
    void shouldRefuseAMoveOutsideOfAnEncoding() {
        assertThatThrownBy(Transfers::requireTravel)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("can only move inside");
    }
}
