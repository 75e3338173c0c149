package dev.procession.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;

/** The page of a program under load, in a real browser. */
@Timeout(180)
class BrowserTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @TempDir private static Path directory;

    private PageDriver page;
    private TestProgram program;
    private String address;

    @BeforeEach
    void open() throws Exception {
        page = new PageDriver(directory);
        program = PageDriver.start(directory, 0);
        address = PageDriver.addressOf(program);
        page.browser.get(address);
    }

    @AfterEach
    void close() throws InterruptedException {
        if (page != null) {
            page.close();
        }
        if (program != null) {
            end(program);
        }
    }

    private static void end(TestProgram program) throws InterruptedException {
        program.terminate(); // it removes its session
        int unused = program.awaitExit();
        program.close();
    }

    @Test
    void shouldShowWhatHangsAndWhatCrashedAndEndIt() throws Exception {
        assertThat(page.browser.getCurrentUrl()).doesNotContain("token");
        page.openPool();
        page.await("tr", "order ");
        program.write('\n');
        program.awaitLine("crashed");
        page.promised(AT_ONCE, "summary", "crashing WorkerCrashedException");
        program.awaitLine("hangs");
        Duration unused =
                Await.promised(
                        AT_ONCE,
                        () -> page.hasRow("hung", "running"),
                        () -> "the hung task is shown in:\n" + page.text());

        page.clickInRow("hung", "stack");
        page.await("#stack-text", "WatchedProgram.hang");
        page.find("#stack button").click();
        Await.until(() -> !page.find("#stack").isDisplayed(), "the dialog is closed");

        page.clickInRow("hung", "cancel");
        assertThat(program.awaitLine("cancelled: ")).isEqualTo("true");
        Await.until(() -> !page.hasRow("hung", ""), "the row has gone");
        assertThat(page.browser.getTitle()).isEqualTo("Procession");
        page.assertNoErrors();
    }

    @Test
    void shouldTakeHostileNamesAsText() {
        page.openPool();
        page.await("main", WatchedProgram.SHOWN);
        assertThat(page.browser.getTitle()).isEqualTo("Procession");
        assertThat(page.browser.findElements(By.cssSelector("main img"))).isEmpty();
    }

    @Test
    void shouldKillAWorkerAfterAskingBack() {
        page.openPool();
        WebElement kill = page.find("button[data-do=kill]");
        String pid = kill.getAttribute("data-pid");
        kill.click();
        Await.until(() -> kill.getText().equals("Really?"), "the button asks back");
        kill.click();
        page.await("#notice", "Process " + pid + " was killed");
        Await.until(
                () -> !isThere("button[data-pid='" + pid + "']") && isThere("button[data-do=kill]"),
                "another worker has its place");
        page.promised(AT_ONCE, "summary", "pid=" + pid);
    }

    private boolean isThere(String selector) {
        return page.isTrue("return document.querySelector(arguments[0]) !== null", selector);
    }

    @Test
    void shouldShowTheSameInASecondTabAndAfterAReload() {
        page.openPool();
        String pool = page.browser.getCurrentUrl();
        awaitLine();
        page.browser.navigate().refresh();
        page.await("h1", "orders");
        awaitLine();
        page.browser.switchTo().newWindow(WindowType.TAB);
        page.browser.get(pool);
        page.await("h1", "orders");
        page.await("#status", "live");
        awaitLine();
        assertThat(page.browser.getWindowHandles()).hasSize(2);
    }

    /** A chart has a line of several points: a page that begins anew would have one or two. */
    private void awaitLine() {
        Await.until(
                () -> {
                    List<WebElement> lines =
                            page.browser.findElements(By.cssSelector(".chart .line"));
                    return !lines.isEmpty()
                            && lines.get(0).getAttribute("d").split("L", -1).length > 4;
                },
                "a chart has points");
    }

    @Test
    void shouldGoOnWhenItsProgramDiesAndIsStartedAgain() throws Exception {
        page.openPool();
        long before = program.pid();
        restart();
        page.await(".banner", "Process " + before + " has ended");
        page.await(".banner a", "It runs again as process " + program.pid());
        followToTheNewPool();
    }

    private void restart() throws Exception {
        program.kill();
        program.close();
        page.await("#status", "no answer");
        String url = page.browser.getCurrentUrl();
        program =
                PageDriver.start(
                        directory,
                        Integer.parseInt(url.replaceAll("^http://[^:]*:(\\d+)/.*", "$1")));
        assertThat(PageDriver.addressOf(program)).as("its address").isEqualTo(address);
        page.await("#status", "live");
    }

    private void followToTheNewPool() {
        page.find(".banner a").click();
        Await.until(
                () -> isThere("td .state.busy") && !isThere(".banner"),
                "the new program's pool is shown");
    }

    @Test
    void shouldShowAnotherProgramsDeathAndRestartAndSurviveItsOwn() throws Exception {
        TestProgram other = other();
        try {
            openPoolOf(other);
            page.await("tr", "order ");
            long before = other.pid();
            other.kill();
            other.close();
            page.promised(AT_ONCE, ".banner", "Process " + before + " has ended");
            assertThat(page.browser.findElements(By.cssSelector(".panel button")))
                    .as("buttons for a dead program")
                    .isEmpty();
            assertThat(page.has(".banner", "It runs again"))
                    .as("the program that ran all the time is taken for its successor")
                    .isFalse();

            other = other();
            page.await(".banner a", "It runs again as process " + other.pid());
            followToTheNewPool();

            restart(); // the monitor's own program
            page.await("h1", "orders");
            Await.until(() -> isThere("td .state.busy"), "the other program's pool is shown");
            assertThat(page.browser.findElements(By.cssSelector(".banner"))).isEmpty();
        } finally {
            end(other);
        }
    }

    private static TestProgram other() throws IOException {
        return TestProgram.start(WatchedProgram.class);
    }

    private void openPoolOf(TestProgram other) {
        String link = "//section[p[contains(., 'process " + other.pid() + " ')]]//h3/a";
        Await.until(
                () -> !page.browser.findElements(By.xpath(link)).isEmpty(), "its pool is shown");
        page.browser.findElement(By.xpath(link)).click();
        page.await("h1", "orders");
    }

    @Test
    void shouldBeUsableByKeyboard() {
        page.await(".card h3 a", "orders");
        Await.until(
                () -> {
                    pressTab();
                    return focused().getText().equals("orders");
                },
                "the pool's link has the focus");
        focused().sendKeys(Keys.ENTER);
        page.await("h1", "orders");

        Set<String> reached = new HashSet<>();
        Await.until(
                () -> {
                    pressTab();
                    WebElement now = focused();
                    reached.add(now.getAttribute("data-do") + now.getAttribute("data-worker"));
                    return reached.contains("kill3");
                },
                "the last worker's button has the focus");
        assertThat(reached)
                .contains("stack0", "kill0", "stack1", "kill1", "stack2", "kill2", "stack3");

        page.find("#theme").sendKeys(Keys.ENTER);
        assertThat(page.find("html").getAttribute("data-theme")).isEqualTo("light");
    }

    private void pressTab() {
        focused().sendKeys(Keys.TAB);
        assertThat(focused().getCssValue("outline-style"))
                .as("the outline of what has the focus: " + focused().getText())
                .isEqualTo("solid");
    }

    private WebElement focused() {
        return page.browser.switchTo().activeElement();
    }

    @Test
    void shouldKeepFocusAndScrollingWhileRowsComeAndGo() throws Exception {
        page.openPool();
        program.write('\n');
        program.awaitLine("hangs");
        Await.until(() -> page.hasRow("hung", "running"), "the hung task is shown");
        page.browser.executeScript(
                """
                const row = [...document.querySelectorAll('tr')]
                    .find(each => each.cells[0].innerText === 'hung');
                row.scrollIntoView({ block: 'center' });
                row.querySelector('[data-do=cancel]').focus();
                window.before = [...row.parentNode.rows].filter(each => each !== row);
                window.place = scrollY;
                """);
        Await.until(
                () -> page.isTrue("return before.every(row => !row.isConnected)"),
                "all other tasks have ended");
        assertThat(focused().getAttribute("data-do")).isEqualTo("cancel");
        assertThat(
                        page.isTrue(
                                """
                                const row = document.activeElement.closest('tr');
                                const box = row.getBoundingClientRect();
                                return row.cells[0].innerText === 'hung' && place > 200
                                    && Math.abs(scrollY - place) < 150
                                    && box.top > 0 && box.bottom < innerHeight;
                                """))
                .as("the row has the focus and is where it was")
                .isTrue();
    }
}
