package dev.procession.program;

import org.junit.jupiter.api.Test;

class InSurefireTest {

    @Test
    void shouldWorkInTheJvmOfTheBuild() throws Exception {
        Everything.run();
    }
}
