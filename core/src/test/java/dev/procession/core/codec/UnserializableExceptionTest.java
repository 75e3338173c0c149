package dev.procession.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableRunnable;
import dev.procession.core.SerializableSupplier;
import dev.procession.core.UnserializableException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnserializableExceptionTest {

    private static final String THIS = UnserializableExceptionTest.class.getName();

    private final Thread thread = new Thread();

    @Nested
    class Paths {

        @Test
        void shouldLeadThroughACapturedArgumentAndItsField() {
            int number = 1;
            Job job = new Job(thread);
            SerializableCallable<String> task = () -> number + job.toString();
            assertThat(refusal(task))
                    .hasMessage(
                            "cannot serialise lambda in %s$Paths: captured argument 2 (%s$Job) → "
                                    + "Job.connection: java.lang.Thread is not Serializable; make "
                                    + "the field transient, or create it where it is used",
                            THIS, THIS);
            assertThat(refusal(task).path())
                    .isEqualTo("captured argument 2 (%s$Job) → Job.connection", THIS);
            assertThat(refusal(task).className()).isEqualTo("java.lang.Thread");
            assertThat(refusal(task)).hasCauseInstanceOf(NotSerializableException.class);
        }

        @Test
        void shouldNameACapturedThis() {
            SerializableRunnable task = () -> thread.interrupt();
            assertThat(refusal(task).path()).isEqualTo("captured this (%s$Paths)", THIS);
            assertThat(refusal(task)).hasMessageContaining("local variables");
        }

        @Test
        void shouldCountArgumentsWithoutThis() {
            SerializableRunnable task = new Job(null).waitFor(5, thread);
            assertThat(refusal(task).path()).isEqualTo("captured argument 2 (java.lang.Thread)");
        }

        @Test
        void shouldNameTheReceiverOfAMethodReference() {
            SerializableRunnable task = thread::start;
            assertThat(refusal(task).path())
                    .isEqualTo("receiver of the method reference (java.lang.Thread)");
        }

        @Test
        void shouldLeadThroughNestedLambdas() {
            Thread captured = thread;
            SerializableSupplier<Object> inner = () -> captured;
            SerializableSupplier<Object> outer = () -> inner.get();
            assertThat(refusal(outer).path())
                    .isEqualTo(
                            "captured argument 1 (lambda in %s$Paths) → "
                                    + "captured argument 1 (java.lang.Thread)",
                            THIS);
        }

        @Test
        void shouldLeadThroughArraysCollectionsMapsAndRecords() {
            assertThat(refusal(new Object[] {1, List.of(2, new Pair("", thread))}).path())
                    .isEqualTo("[1] → [1] → Pair.right");
            assertThat(refusal(new HashMap<>(Map.of("key", thread))).path()).isEqualTo("[\"key\"]");
            assertThat(refusal(new HashMap<>(Map.of(thread, 1))).path()).isEqualTo("key");
            Comparator<String> order = String::compareTo;
            assertThat(refusal(new TreeMap<>(order)).path()).isEqualTo("comparator");
            assertThat(refusal(new TreeMap<>(order)))
                    .hasMessageEndingWith("cast it to (Comparator & Serializable)");
        }

        @Test
        void shouldLeadThroughJdkObjects() {
            assertThat(refusal(new AtomicReference<>(thread)).path())
                    .isEqualTo("AtomicReference.value");
            Exception failure = new IOException(new JobFailed(new Job(thread)));
            assertThat(refusal(failure).path()).isEqualTo("cause → JobFailed.job → Job.connection");
        }

        @Test
        void shouldLeadThroughSuperclassesButNotThroughTransientFields() {
            assertThat(refusal(new SpecialJob(thread)).path()).isEqualTo("Job.connection");
        }

        @Test
        void shouldLeadThroughReplacements() {
            assertThat(refusal(new Replaced(thread)).path()).isEqualTo("Pair.right");
        }

        @Test
        void shouldLeadThroughFieldsThatAClassWritesItself() {
            assertThat(refusal(new WritesItself(thread)).path()).isEqualTo("WritesItself.hidden");
        }

        @Test
        void shouldNameCapturedVariablesAndEnclosingInstances() {
            Thread captured = thread;
            Serializable anonymous =
                    new SerializableSupplier<Object>() {
                        @Override
                        public Object get() {
                            return captured;
                        }
                    };
            assertThat(refusal(anonymous).path()).startsWith("enclosing instance (" + THIS);
            assertThat(refusal(variableOf(captured)).path())
                    .isEqualTo("captured variable captured");
        }

        @Test
        void shouldSurviveCyclesAndHugeGraphs() {
            List<Object> huge = new ArrayList<>();
            huge.add(huge);
            for (int i = 0; i < 300_000; i++) {
                huge.add(new Object[0]);
            }
            huge.add(thread);
            assertThat(refusal(huge).className()).isEqualTo("java.lang.Thread");
            List<Object> cycle = new ArrayList<>();
            cycle.add(cycle);
            cycle.add(thread);
            assertThat(refusal(cycle).path()).isEqualTo("[1]");
        }

        @Test
        void shouldNameAnObjectThatItCannotRead() {
            ClosedContent value = new ClosedContent(thread);
            assertThat(refusal(new Object[] {value}))
                    .hasMessageContaining("java.lang.Thread is not Serializable")
                    .hasMessageContaining("cannot be looked into");
        }
    }

    @Nested
    class Roots {

        @Test
        void shouldNameAValueThatIsNotSerialisable() {
            assertThat(refusal(Optional.of(1)))
                    .hasMessage(
                            "cannot serialise java.util.Optional: java.util.Optional is not "
                                    + "Serializable; implement java.io.Serializable, or create it "
                                    + "where it is used");
            assertThat(refusal(Optional.of(1)).path()).isEmpty();
        }

        @Test
        void shouldSuggestTheSerialisableTypes() {
            Callable<Integer> callable = () -> 1;
            Runnable runnable = () -> {};
            Supplier<Integer> supplier = () -> 1;
            assertThat(refusal(callable))
                    .hasMessageStartingWith("cannot serialise lambda in " + THIS)
                    .hasMessageContaining("SerializableCallable.of(...)");
            assertThat(refusal(runnable)).hasMessageContaining("SerializableRunnable");
            assertThat(refusal(supplier)).hasMessageContaining("SerializableSupplier");
            SerializableSupplier<Integer> task = () -> supplier.get();
            assertThat(refusal(task)).hasMessageContaining("SerializableSupplier");
            assertThat(
                            refusal(
                                    new Callable<Integer>() {
                                        @Override
                                        public Integer call() {
                                            return 1;
                                        }
                                    }))
                    .hasMessageContaining("implement SerializableCallable");
        }

        @Test
        void shouldKeepTheCauseWhenWriteObjectFails() {
            assertThat(refusal(new Unwilling()))
                    .hasMessageContaining("not today")
                    .hasCauseInstanceOf(IllegalStateException.class);
            SerializableSupplier<Object> nested = Unwilling::new;
            List<Object> list = new ArrayList<>(List.of(new Unwilling()));
            SerializableSupplier<Object> task = () -> List.of(list, nested);
            assertThat(refusal(task)).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    private static UnserializableException refusal(Object value) {
        return catchThrowableOfType(
                UnserializableException.class, () -> Codec.standard().encode(value));
    }

    private static Serializable variableOf(Thread captured) {
        return new SerializableSupplier<Object>() {
            @Override
            public Object get() {
                return captured;
            }
        };
    }

    record Pair(Object left, Object right) implements Serializable {}

    private static class Job implements Serializable {
        private static final long serialVersionUID = 1L;
        private final Thread connection;
        private final transient Object ignored = new Object();

        Job(Thread connection) {
            this.connection = connection;
        }

        SerializableRunnable waitFor(int times, Thread other) {
            return () -> System.out.println(ignored + "" + times + other + connection);
        }
    }

    @SuppressWarnings("UnusedVariable")
    private static final class SpecialJob extends Job {
        private static final long serialVersionUID = 1L;
        private final transient Thread notWritten;

        SpecialJob(Thread thread) {
            super(thread);
            this.notWritten = thread;
        }
    }

    @SuppressWarnings("UnusedVariable")
    private static final class JobFailed extends Exception {
        private static final long serialVersionUID = 1L;
        private final Job job;

        JobFailed(Job job) {
            this.job = job;
        }
    }

    private static final class Replaced implements Serializable {
        private static final long serialVersionUID = 1L;
        private final Thread thread;

        Replaced(Thread thread) {
            this.thread = thread;
        }

        private Object writeReplace() {
            return new Pair(1, thread);
        }
    }

    private static final class WritesItself implements Serializable {
        private static final long serialVersionUID = 1L;
        private final transient Object hidden;

        WritesItself(Object hidden) {
            this.hidden = hidden;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeObject(hidden);
        }
    }

    /** Writes an object that is in none of its fields. */
    private static final class ClosedContent implements java.io.Externalizable {
        private static final long serialVersionUID = 1L;
        private final Supplier<Object> content;

        ClosedContent(Object content) {
            this.content = () -> content;
        }

        @Override
        public void writeExternal(java.io.ObjectOutput out) throws IOException {
            out.writeObject(content.get());
        }

        @Override
        public void readExternal(java.io.ObjectInput in) {}
    }

    private static final class Unwilling implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) {
            throw new IllegalStateException("not today");
        }
    }
}
