package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.procession.system.tool.House;
import dev.procession.system.tool.LongFiles;
import dev.procession.testing.TextTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule of {@link House} finds its violations in a small house that breaks every rule. */
@TextTest
class HouseRulesTest {

    private static final String SMALL_HOUSE = "dev.procession.system.fixture.house";

    private static JavaClasses classes = new ClassFileImporter().importClasses();

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter().importPackages(SMALL_HOUSE);
    }

    /** A table without violations. */
    private static House soundHouse() {
        return House.of(SMALL_HOUSE, 3)
                .row("face", "the public types", "middle", "low")
                .row("middle", "between face and low", "low")
                .row("low", "the lowest package")
                .row("tangle", "a cycle")
                .row("strange", "an unrelated package")
                .row("later", "a package that does not exist yet", "low")
                .groundFloor("face", "Leaf", "LeafException")
                .exemption("middle.LooksUp", "face.Face", "for the test");
    }

    @Test
    void shouldFindNothingWhenTheTableIsComplete() {
        assertThat(soundHouse().violations(classes)).isEmpty();
    }

    @Test
    void shouldFindPackageWithoutRow() {
        House house =
                House.of(SMALL_HOUSE, 3)
                        .row("face", "the public types", "middle", "low")
                        .row("middle", "between face and low", "low", "face")
                        .row("low", "the lowest package")
                        .row("tangle", "a cycle");
        assertThat(house.violations(classes)).contains("a package without a row: strange");
    }

    @Test
    void shouldFindUseAgainstTheTableAlsoFromNestedClass() {
        House house =
                House.of(SMALL_HOUSE, 3)
                        .row("face", "the public types", "middle")
                        .row("middle", "between face and low", "low")
                        .row("low", "the lowest package")
                        .row("tangle", "a cycle")
                        .row("strange", "an unrelated package")
                        .groundFloor("face", "Leaf", "LeafException");
        assertThat(house.violations(classes))
                .containsExactly(
                        "against the table: face.Face -> low.Low",
                        "against the table: face.FalseLeaf -> low.Low",
                        "against the table: middle.LooksUp -> face.Face",
                        "a cycle of packages: face, middle");
    }

    @Test
    void shouldLetPackageUseAllBelowAnotherOneWhenItsNameHasTwoDots() {
        House house =
                House.of("dev.procession.system", 3)
                        .row("fixture.house.face", "the public types", "fixture..")
                        .row("fixture.house.middle", "between face and low", "fixture..")
                        .row("fixture.house.low", "the lowest package")
                        .row("fixture.house.tangle", "a cycle")
                        .row("fixture.house.strange", "an unrelated package")
                        .groundFloor("fixture.house.face", "Leaf", "LeafException");
        assertThat(house.violations(classes))
                .containsExactly("a cycle of packages: fixture.house.face, fixture.house.middle");
    }

    @Test
    void shouldFindLeafTypesThatBreakTheirRules() {
        House house = soundHouse().groundFloor("face", "FalseLeaf", "Face", "Nowhere");
        assertThat(house.violations(classes))
                .contains(
                        "a leaf type that is not there: face.Nowhere",
                        "a leaf type that is no interface, record, enum or exception: face.Face",
                        "a leaf type that uses another one: face.FalseLeaf -> low.Low");
    }

    @Test
    void shouldLetClassBeLeafTypeWhenItUsesNothing() {
        House house = soundHouse().groundFloorClass("low.Low", "a value");
        assertThat(house.violations(classes)).isEmpty();
        house.groundFloorClass("face.Face", "not a value: it uses other types");
        assertThat(house.violations(classes))
                .contains("a leaf type that uses another one: face.Face -> middle.Middle");
    }

    @Test
    void shouldLetLeafTypeUseAnotherOneWhenExempt() {
        House house =
                soundHouse()
                        .groundFloor("face", "FalseLeaf")
                        .exemption("face.FalseLeaf", "low.Low", "for the test");
        assertThat(house.violations(classes)).isEmpty();
    }

    @Test
    void shouldFindExemptionThatNothingNeeds() {
        House house =
                soundHouse()
                        .exemption("middle.Middle", "face.Face", "an unused exemption")
                        .exemption("face.Face", "low.Low", "its row allows it");
        assertThat(house.violations(classes))
                .containsExactly(
                        "an exemption that nothing needs: middle.Middle -> face.Face",
                        "an exemption that nothing needs: face.Face -> low.Low");
    }

    @Test
    void shouldFindCycleOfPackagesWhenTheTableAllowsIt() {
        House house =
                House.of(SMALL_HOUSE, 3)
                        .row("face", "the public types", "middle", "low")
                        .row("middle", "between face and low", "low", "face")
                        .row("low", "the lowest package")
                        .row("tangle", "a cycle")
                        .row("strange", "an unrelated package")
                        .groundFloor("face", "Leaf", "LeafException");
        assertThat(house.violations(classes)).containsExactly("a cycle of packages: face, middle");
    }

    @Test
    void shouldFindCycleOfTopLevelClassesThatIsTooLong() {
        House strict =
                House.of(SMALL_HOUSE, 2)
                        .row("face", "the public types", "middle", "low")
                        .row("middle", "between face and low", "low")
                        .row("low", "the lowest package")
                        .row("tangle", "a cycle")
                        .row("strange", "an unrelated package")
                        .groundFloor("face", "Leaf", "LeafException")
                        .exemption("middle.LooksUp", "face.Face", "for the test");
        assertThat(strict.violations(classes))
                .containsExactly(
                        "a cycle of 3 top-level classes: tangle.First, tangle.Second,"
                                + " tangle.Third");
        strict.longCycle("tangle.Second", "it is a fixture");
        assertThat(strict.violations(classes)).isEmpty();
        strict.longCycle("face.Face", "it is in no cycle");
        assertThat(strict.violations(classes))
                .containsExactly("no cycle is so long, but one was let be: face.Face");
    }

    @Test
    void shouldRefuseTwoRowsForOnePackage() {
        House house = soundHouse();
        assertThatThrownBy(() -> house.row("low", "once more"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("package=low");
    }

    @Test
    void shouldFindLongFileWhoseClassCommentDoesNotSayWhy(@TempDir Path root) throws Exception {
        // write adds two lines before these, which makes 499, and `more` lines after them.
        List<String> lines = Collections.nCopies(LongFiles.MOST_LINES - 3, "// a line");
        write(root, "a/src/main/java/Long.java", "/** What it is. */", lines, 2);
        write(root, "a/src/main/java/Short.java", "/** What it is. */", lines, 1);
        write(
                root,
                "a/src/main/java/Reasoned.java",
                "/** What it is.\n * This file is\n * long because it is a fixture. */",
                lines,
                9);
        write(root, "a/src/main/java/In.java", "/** What. */", Collections.nCopies(600, REASON), 1);
        write(root, "a/src/test/java/Test.java", "/** What it is. */", lines, 9);
        write(root, "a/target/src/main/java/Built.java", "/** What it is. */", lines, 9);
        assertThat(LongFiles.withoutReason(root))
                .containsExactlyInAnyOrder("a/src/main/java/Long.java", "a/src/main/java/In.java");
    }

    private static final String REASON = "// This file is long because of a comment within.";

    private static void write(Path root, String name, String comment, List<String> lines, int more)
            throws Exception {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                comment
                        + "\npublic final class X {\n"
                        + String.join("\n", lines)
                        + "\n".repeat(more)
                        + "}\n");
    }
}
