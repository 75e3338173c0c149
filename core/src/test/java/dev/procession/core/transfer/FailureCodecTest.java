package dev.procession.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.procession.core.Codec;
import dev.procession.core.RemoteException;
import dev.procession.core.UnserializableException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailureCodecTest {

    private static final Codec CODEC = Codec.standard();

    @Nested
    class Travelling {

        @Test
        void shouldArriveAsItsOwnTypeWithEverything() {
            IllegalStateException failure =
                    new IllegalStateException("outer", new java.io.IOException("inner"));
            failure.addSuppressed(new Error("suppressed"));
            Throwable copied = copy(failure);
            assertThat(copied)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("outer")
                    .hasCauseExactlyInstanceOf(java.io.IOException.class);
            assertThat(copied.getStackTrace()).isEqualTo(failure.getStackTrace());
            assertThat(copied.getSuppressed()).hasSize(1);
        }

        @Test
        void shouldTakeTheStackTraceFromTheDescriptionIfTheCodecCarriesNone() {
            Throwable failure = new IllegalStateException("x");
            Throwable copied =
                    FailureCodec.decode(
                            ByteBuffer.wrap(FailureCodec.encode(failure, new Fixed(bare()))),
                            new Fixed(bare()));
            assertThat(copied).isInstanceOf(IllegalArgumentException.class);
            assertThat(copied.getStackTrace()[0].getMethodName())
                    .isEqualTo(failure.getStackTrace()[0].getMethodName());
        }
    }

    @Nested
    class StandingIn {

        @Test
        void shouldDescribeClassMessageStackCausesAndSuppressed() {
            Exception failure = new HostileThrowables.HoldsThread("lost", new Error("root"));
            failure.addSuppressed(new HostileThrowables.HoldsThread(null, null));
            Throwable copied = copy(failure);
            String name = HostileThrowables.HoldsThread.class.getName();
            assertThat(copied)
                    .isInstanceOfSatisfying(
                            RemoteException.class,
                            standIn -> assertThat(standIn.remoteClassName()).isEqualTo(name))
                    .hasMessage(name + ": lost");
            assertThat(names(copied.getStackTrace())).isEqualTo(names(failure.getStackTrace()));
            assertThat(copied.getCause()).hasMessage("java.lang.Error: root");
            assertThat(copied.getSuppressed()[0]).hasMessage(name);
        }

        @Test
        void shouldNameTheFieldThatWasInTheWay() {
            Throwable copied = copy(new HostileThrowables.HoldsThread("lost", null));
            assertThat(copied.getSuppressed()).hasSize(1);
            assertThat(copied.getSuppressed()[0])
                    .isInstanceOfSatisfying(
                            UnserializableException.class,
                            reason -> {
                                assertThat(reason.path()).isEqualTo("HoldsThread.thread");
                                assertThat(reason.className()).isEqualTo("java.lang.Thread");
                                assertThat(reason.getStackTrace()).isEmpty();
                            })
                    .hasMessageContaining("HoldsThread.thread: java.lang.Thread is not Serial");
        }

        @Test
        void shouldNameTheFieldOfACauseThatWasInTheWay() {
            Exception failure =
                    new IllegalStateException(
                            "outer", new HostileThrowables.HoldsThread("inner", null));
            assertThat(copy(failure).getSuppressed()[0])
                    .isInstanceOf(UnserializableException.class)
                    .hasMessageContaining("HoldsThread.thread: java.lang.Thread is not Serial");
        }

        @Test
        void shouldSayWhatTheCodecThrew() {
            byte[] bytes = FailureCodec.encode(new Error("real"), new Broken());
            assertThat(FailureCodec.decode(ByteBuffer.wrap(bytes), new Broken()).getSuppressed()[0])
                    .isInstanceOf(UnserializableException.class)
                    .hasMessage(
                            "cannot serialise java.lang.Error: java.lang.StackOverflowError:"
                                    + " broken");
        }

        @Test
        void shouldReplaceWhatIsNoThrowable() {
            byte[] bytes = FailureCodec.encode(new Error("real"), new Fixed("a string"));
            assertThat(FailureCodec.decode(ByteBuffer.wrap(bytes), new Fixed("a string")))
                    .isInstanceOf(RemoteException.class)
                    .hasMessage("java.lang.Error: real");
        }

        @Test
        void shouldReplaceWhatCannotBeRestored() {
            assertThat(copy(new HostileThrowables.RefusesToReturn()))
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("RefusesToReturn: gone")
                    .satisfies(copied -> assertThat(copied.getSuppressed()).hasSize(1));
        }

        @Test
        void shouldCutCyclesDepthAndWidth() {
            HostileThrowables.SettableCause first = new HostileThrowables.SettableCause();
            first.cause = new HostileThrowables.SettableCause(first);
            assertThat(copy(first).getCause().getCause()).isNull();

            HostileThrowables.SettableCause chain = null;
            for (int i = 0; i < 100_000; i++) {
                chain = new HostileThrowables.SettableCause(chain);
            }
            int depth = 0;
            for (Throwable next = copy(chain); next != null; next = next.getCause()) {
                depth++;
            }
            assertThat(depth).isEqualTo(FailureDescription.DEEPEST);

            assertThat(copy(HostileThrowables.tree(3, 30)).getSuppressed())
                    .hasSizeLessThanOrEqualTo(FailureDescription.MOST_SUPPRESSED);
            assertThat(copy(HostileThrowables.unserialisable("m".repeat(1 << 20))).getMessage())
                    .hasSizeLessThan(FailureDescription.LONGEST_TEXT + 200);
        }
    }

    @Nested
    class Hostility {

        @Test
        void shouldNeverThrowWhateverTheExceptionDoes() {
            for (Throwable hostile : HostileThrowables.all()) {
                Throwable copied = copy(hostile);
                assertThat(copied).isNotNull();
                if (copied instanceof RemoteException standIn) {
                    assertThat(standIn.remoteClassName()).isEqualTo(hostile.getClass().getName());
                }
            }
        }

        @Test
        void shouldNeverThrowWhateverTheCodecDoes() {
            Throwable failure = new IllegalStateException("real");
            for (Codec codec : new Codec[] {new Broken(), new Fixed(null)}) {
                byte[] bytes = FailureCodec.encode(failure, codec);
                assertThat(FailureCodec.decode(ByteBuffer.wrap(bytes), codec))
                        .hasMessage("java.lang.IllegalStateException: real");
            }
            byte[] sound = FailureCodec.encode(failure, CODEC);
            assertThat(FailureCodec.decode(ByteBuffer.wrap(sound), new Broken()))
                    .hasMessage("java.lang.IllegalStateException: real");
        }

        @Test
        void shouldNeverThrowForDamagedBytes() {
            byte[] sound =
                    FailureCodec.encode(new HostileThrowables.HoldsThread("m", new Error()), CODEC);
            Random random = new Random(5);
            for (int length = 0; length < sound.length; length++) {
                byte[] cut = Arrays.copyOf(sound, length);
                byte[] damaged = sound.clone();
                damaged[length] ^= (byte) (1 + random.nextInt(255));
                byte[] garbage = new byte[random.nextInt(100)];
                random.nextBytes(garbage);
                for (byte[] bytes : new byte[][] {cut, damaged, garbage}) {
                    assertThatCode(
                                    () ->
                                            assertThat(
                                                            FailureCodec.decode(
                                                                    ByteBuffer.wrap(bytes), CODEC))
                                                    .isNotNull())
                            .doesNotThrowAnyException();
                }
            }
            assertThat(FailureCodec.decode(ByteBuffer.wrap(new byte[] {-1}), CODEC))
                    .hasMessageContaining("damaged");
        }

        @Test
        void shouldStandInForADescriptionWithNothingInIt() {
            Throwable nameless =
                    StandIn.of(new FailureDescription("", null, "", List.of(), null, List.of()));
            assertThat(nameless).hasMessage("unknown");
        }
    }

    private static Throwable copy(Throwable failure) {
        return FailureCodec.decode(
                ByteBuffer.wrap(FailureCodec.encode(failure, CODEC)).asReadOnlyBuffer(), CODEC);
    }

    private static String[] names(StackTraceElement[] trace) {
        return Arrays.stream(trace)
                .map(frame -> frame.getClassName() + frame.getMethodName() + frame.getLineNumber())
                .toArray(String[]::new);
    }

    private static Throwable bare() {
        IllegalArgumentException bare = new IllegalArgumentException("bare");
        bare.setStackTrace(new StackTraceElement[0]);
        return bare;
    }

    /** Always returns the same object. */
    private record Fixed(Object value) implements Codec {
        @Override
        public byte[] encode(Object ignored) {
            return new byte[0];
        }

        @Override
        public Object decode(ByteBuffer bytes) {
            return value;
        }
    }

    private static final class Broken implements Codec {
        @Override
        public byte[] encode(Object value) {
            throw new StackOverflowError("broken");
        }

        @Override
        public Object decode(ByteBuffer bytes) {
            throw new AssertionError("broken");
        }
    }
}
