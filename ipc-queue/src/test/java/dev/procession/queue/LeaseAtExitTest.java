package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.TestProgram;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program exits while it holds a lease. */
@Timeout(60)
class LeaseAtExitTest {

    private final String name = "exit-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    /** Leases an element, and acknowledges it in an exit hook when it gets input. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            ProcessQueue<String> queue = ProcessQueue.open(args[0]);
            Lease<String> lease = queue.takeLeased();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> finish(lease)));
            System.out.println("leased: " + lease.element());
            Thread.sleep(Long.MAX_VALUE);
        }

        private static void finish(Lease<String> lease) {
            System.out.println("ending: ");
            try {
                System.in.read();
                lease.acknowledge();
                System.out.println("acknowledged: yes");
            } catch (Exception e) {
                System.out.println("acknowledged: " + e);
            }
        }
    }

    @Test
    void shouldStayItsOwnersUntilTheProcessIsDead() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).build();
                TestProgram owner = TestProgram.startAsThisUser(Program.class, name)) {
            queue.put("harry");
            assertThat(owner.awaitLine("leased: ")).isEqualTo("harry");
            ProcessHandle.of(owner.pid()).orElseThrow().destroy(); // its streams stay open
            owner.awaitLine("ending: ");

            assertThat(queue.poll(1, TimeUnit.SECONDS)).isNull();

            owner.write('\n');
            assertThat(owner.awaitLine("acknowledged: ")).isEqualTo("yes");
            owner.awaitExit();
            assertThat(queue.poll(300, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void shouldComeBackWhenTheProcessIsDead() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).build();
                TestProgram owner = TestProgram.startAsThisUser(Program.class, name)) {
            queue.put("harry");
            owner.awaitLine("leased: ");
            owner.kill();

            assertThat(queue.poll(30, TimeUnit.SECONDS)).isEqualTo("harry");
        }
    }
}
