package dev.procession.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The page of a program under load, in a real browser. */
@Timeout(180)
class BrowserTest {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final String ADDRESS = "The monitor of Procession is at ";

    @TempDir private static Path directory;

    private TestProgram program;
    private String address;
    private ChromeDriver browser;

    @BeforeAll
    static void needsABrowser() {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "Chromium and its driver are not installed: " + CHROMIUM + ", " + DRIVER);
    }

    @BeforeEach
    void open() throws Exception {
        program = start(0);
        address = program.awaitLine(ADDRESS);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--window-size=1400,1000",
                "--user-data-dir=" + Files.createTempDirectory(directory, "profile"));
        browser =
                new ChromeDriver(
                        new ChromeDriverService.Builder()
                                .usingDriverExecutable(DRIVER.toFile())
                                .usingAnyFreePort()
                                .build(),
                        options);
        browser.get(address);
    }

    @AfterEach
    void close() throws InterruptedException {
        if (browser != null) {
            browser.quit();
        }
        program.terminate(); // it removes its session
        int unused = program.awaitExit();
        program.close();
    }

    private static TestProgram start(int port) throws IOException {
        return TestProgram.start(
                directory,
                TestProgram.command(
                        List.of("-Dprocession.monitor=" + port, "-Duser.home=" + directory),
                        WatchedProgram.class));
    }

    @Test
    void shouldShowWhatHangsAndWhatCrashedAndEndIt() throws Exception {
        assertThat(browser.getCurrentUrl()).doesNotContain("token");
        openPool();
        await("tr", "order ");
        program.write('\n');
        program.awaitLine("crashed");
        await(AT_ONCE, "summary", "crashing WorkerCrashedException");
        program.awaitLine("hangs");
        Await.until(AT_ONCE, () -> hasRow("hung", "running"), () -> "the hung task in:\n" + text());

        clickInRow("hung", "stack");
        await("#stack-text", "WatchedProgram.hang");
        browser.findElement(By.cssSelector("#stack button")).click();
        Await.until(
                () -> !browser.findElement(By.id("stack")).isDisplayed(), "the dialog is closed");

        clickInRow("hung", "cancel");
        assertThat(program.awaitLine("cancelled: ")).isEqualTo("true");
        Await.until(() -> !hasRow("hung", ""), "the row has gone");
        assertThat(browser.getTitle()).isEqualTo("Procession");
        assertThat(errors()).isEmpty();
    }

    @Test
    void shouldTakeHostileNamesAsText() {
        openPool();
        await("main", WatchedProgram.HOSTILE);
        assertThat(browser.getTitle()).isEqualTo("Procession");
        assertThat(browser.findElements(By.cssSelector("main img"))).isEmpty();
    }

    @Test
    void shouldKillAWorkerAfterAskingBack() {
        openPool();
        String pid = firstWorker();
        WebElement kill = browser.findElement(By.cssSelector("button[data-do=kill]"));
        kill.click();
        Await.until(() -> kill.getText().equals("Really?"), "the button asks back");
        kill.click();
        await("#notice", "Process " + pid + " was killed");
        Await.until(() -> !firstWorker().equals(pid), "another worker has its place");
    }

    private String firstWorker() {
        return browser.findElement(By.cssSelector("button[data-do=kill]")).getAttribute("data-pid");
    }

    @Test
    void shouldShowTheSameInASecondTabAndAfterAReload() {
        openPool();
        String pool = browser.getCurrentUrl();
        awaitLine();
        browser.navigate().refresh();
        await("h1", "orders");
        awaitLine();
        browser.switchTo().newWindow(WindowType.TAB);
        browser.get(pool);
        await("h1", "orders");
        await("#status", "live");
        awaitLine();
        assertThat(browser.getWindowHandles()).hasSize(2);
    }

    /** A chart has a line of several points: a page that begins anew would have one or two. */
    private void awaitLine() {
        Await.until(
                () -> {
                    List<WebElement> lines = browser.findElements(By.cssSelector(".chart .line"));
                    return !lines.isEmpty()
                            && lines.get(0).getAttribute("d").split("L", -1).length > 4;
                },
                "a chart has points");
    }

    @Test
    void shouldGoOnWhenTheProgramDiesAndIsStartedAgain() throws Exception {
        openPool();
        long before = program.pid();
        program.kill();
        program.close();
        await("#status", "no answer");
        String port = browser.getCurrentUrl().replaceAll("^http://[^:]*:(\\d+)/.*", "$1");
        program = start(Integer.parseInt(port));
        assertThat(program.awaitLine(ADDRESS)).as("its address").isEqualTo(address);
        await("#status", "live");
        await(".banner", "Process " + before + " has ended");
        await(".banner a", "It runs again as process " + program.pid());
        Await.until(
                () -> {
                    browser.findElement(By.cssSelector(".banner a")).click();
                    return !browser.findElements(By.cssSelector("td .state.busy")).isEmpty();
                },
                "the new program's pool is shown");
    }

    @Test
    void shouldBeUsableByKeyboard() {
        await(".card h3 a", "orders");
        Await.until(
                () -> {
                    browser.switchTo().activeElement().sendKeys(Keys.TAB);
                    return browser.switchTo().activeElement().getText().equals("orders");
                },
                "the pool's link has the focus");
        assertThat(browser.switchTo().activeElement().getCssValue("outline-style"))
                .isEqualTo("solid");
        browser.switchTo().activeElement().sendKeys(Keys.ENTER);
        await("h1", "orders");
        browser.findElement(By.id("theme")).sendKeys(Keys.ENTER);
        assertThat(browser.findElement(By.tagName("html")).getAttribute("data-theme"))
                .isEqualTo("light");
    }

    private void openPool() {
        await(".card h3 a", "orders");
        browser.findElement(By.cssSelector(".card h3 a")).click();
        await("h1", "orders");
    }

    private void await(String selector, String text) {
        await(Await.PATIENCE, selector, text);
    }

    private void await(Duration bound, String selector, String text) {
        Await.until(
                bound,
                () -> has(selector, text),
                () -> selector + " has the text " + text + " in:\n" + text());
    }

    private boolean has(String selector, String text) {
        String script =
                "return [...document.querySelectorAll(arguments[0])]"
                        + ".some(element => element.innerText.includes(arguments[1]))";
        return Boolean.TRUE.equals(browser.executeScript(script, selector, text));
    }

    private String text() {
        return browser.findElement(By.tagName("body")).getText();
    }

    private boolean hasRow(String task, String state) {
        String script =
                "return [...document.querySelectorAll('tr')].some(row =>"
                        + " row.cells[0].innerText === arguments[0]"
                        + " && row.innerText.includes(arguments[1]))";
        return Boolean.TRUE.equals(browser.executeScript(script, task, state));
    }

    private void clickInRow(String task, String action) {
        String row = "//tr[td[1]/a[text()='" + task + "']]";
        browser.findElement(By.xpath(row + "//button[@data-do='" + action + "']")).click();
    }

    private List<String> errors() {
        return browser.manage().logs().get("browser").getAll().stream()
                .map(Object::toString)
                .toList();
    }
}
