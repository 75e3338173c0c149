package dev.procession.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.bench.machine.Processors.Processor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorsTest {

    @Test
    void shouldChooseDifferentCoresOfOnePackage() {
        assertThat(
                        Processors.choose(
                                List.of(
                                        new Processor(0, "0", "0"),
                                        new Processor(1, "0", "0"),
                                        new Processor(2, "1", "0"),
                                        new Processor(3, "0", "1"))))
                .contains(new Processors(0, 3));
    }

    @Test
    void shouldChooseAnotherPackageBeforeTheSameCore() {
        assertThat(
                        Processors.choose(
                                List.of(
                                        new Processor(4, "0", "0"),
                                        new Processor(5, "0", "0"),
                                        new Processor(6, "1", "0"))))
                .contains(new Processors(4, 6));
    }

    @Test
    void shouldChooseAnyTwoWhereTheKernelReportsNoCores() {
        assertThat(Processors.choose(List.of(new Processor(0, "", ""), new Processor(1, "", ""))))
                .contains(new Processors(0, 1));
        assertThat(
                        Processors.choose(
                                List.of(new Processor(0, "0", "0"), new Processor(1, "0", "0"))))
                .contains(new Processors(0, 1));
    }

    @Test
    void shouldChooseNoneOfOne() {
        assertThat(Processors.choose(List.of(new Processor(0, "0", "0")))).isEmpty();
    }

    @Test
    void shouldReadTheKernelsLists() {
        assertThat(Processors.numbers("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
        assertThat(Processors.numbers("3")).containsExactly(3);
    }
}
