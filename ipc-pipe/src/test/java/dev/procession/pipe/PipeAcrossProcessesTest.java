package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PipeAcrossProcessesTest {

    @Test
    void shouldConverseWithAChild() throws Exception {
        try (Pipe<Object> pipe = Pipe.open()) {
            Connection<Object> theirs = pipe.second();
            ChildProcess<Integer> child =
                    ChildProcess.start(
                            () -> {
                                int count = 0;
                                for (Object message = theirs.receive();
                                        !"stop".equals(message);
                                        message = theirs.receive()) {
                                    theirs.send(message);
                                    count++;
                                }
                                return count;
                            });
            for (int i = 0; i < 1000; i++) {
                pipe.first().send(i);
                assertThat(pipe.first().receive()).isEqualTo(i);
            }
            pipe.first().send("stop");
            assertThat(child.result()).isEqualTo(1000);
            child.join();
        }
    }

    @Test
    void shouldReceiveAllThatAKilledChildHadSent() throws Exception {
        try (Pipe<Integer> pipe = Pipe.open()) {
            Connection<Integer> theirs = pipe.second();
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                for (int i = 0; i < 1000; i++) {
                                    theirs.send(i);
                                }
                                theirs.receive(); // never comes
                            });
            assertThat(pipe.first().receive()).isZero();
            child.kill(); // it has sent some number of messages, and they come in order, whole
            int next = 1;
            while (pipe.first().poll(Duration.ofSeconds(30))) {
                try {
                    assertThat(pipe.first().receive()).isEqualTo(next++);
                } catch (EndOfPipeException e) {
                    break;
                }
            }
            assertThatThrownBy(() -> pipe.first().receive())
                    .isInstanceOfSatisfying(
                            EndOfPipeException.class, e -> assertThat(e.died()).isTrue());
            child.join();
            assertThat(child.exitCode()).hasValue(137);
        }
    }

    @Test
    void shouldSayWhereAnEndWentThatHasMoved() throws Exception {
        try (Pipe<String> pipe = Pipe.open()) {
            Connection<String> theirs = pipe.second();
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                theirs.send("here");
                                theirs.receive();
                            });
            assertThat(pipe.first().receive()).isEqualTo("here");
            assertThatThrownBy(() -> theirs.send("mine?"))
                    .isInstanceOf(PipeException.class)
                    .hasMessageContaining("moved to another process")
                    .hasMessageContaining("pid=" + child.pid());
            pipe.first().send("end");
            child.join();
        }
    }

    @Test
    void shouldLetTwoChildrenTalkWithEachOther() throws Exception {
        Pipe<String> pipe = Pipe.open();
        Connection<String> hermione = pipe.first();
        Connection<String> ron = pipe.second();
        ChildProcess<String> one =
                ChildProcess.start(
                        () -> {
                            hermione.send("hermione");
                            return hermione.receive();
                        });
        ChildProcess<String> two =
                ChildProcess.start(
                        () -> {
                            String received = ron.receive();
                            ron.send("ron");
                            return received;
                        });
        assertThat(one.result()).isEqualTo("ron");
        assertThat(two.result()).isEqualTo("hermione");
        assertThatThrownBy(hermione::receive)
                .isInstanceOf(PipeException.class)
                .hasMessageContaining("moved");
        one.join();
        two.join();
    }
}
