package dev.procession.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.bench.race.Bar;
import dev.procession.bench.race.Rival;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogueTest {

    @Test
    void shouldNameInBarsOnlyRivalsOfTheComparison() {
        assertThat(Catalogue.bars()).isNotEmpty();
        for (Bar bar : Catalogue.bars()) {
            List<String> rivals =
                    Catalogue.comparisons().stream()
                            .filter(comparison -> comparison.name().equals(bar.comparison()))
                            .flatMap(comparison -> comparison.rivals().stream())
                            .map(Rival::name)
                            .toList();
            assertThat(rivals).contains(bar.ours()).doesNotHaveDuplicates();
            if (!bar.rival().isEmpty()) {
                assertThat(rivals).contains(bar.rival());
            }
        }
    }
}
