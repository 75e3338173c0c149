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
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The monitor's page in a real browser. */
final class PageDriver implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final String ADDRESS = "The monitor of Procession is at ";

    final ChromeDriver browser;

    /** Starts a browser whose files are in the directory; skips the test if there is none. */
    PageDriver(Path directory) throws IOException {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "Chromium and its driver are not installed: " + CHROMIUM + ", " + DRIVER);
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
    }

    /** Starts a program that opens a page at a port. */
    static TestProgram start(Path directory, int port, String... arguments) throws IOException {
        return TestProgram.start(
                directory,
                TestProgram.command(
                        List.of("-Dprocession.monitor=" + port, "-Duser.home=" + directory),
                        WatchedProgram.class,
                        arguments));
    }

    /** Returns the address of such a program's page. */
    static String addressOf(TestProgram program) throws InterruptedException {
        return program.awaitLine(ADDRESS);
    }

    /**
     * Opens the page of the pool, which is the only one of the programs, or its program's first.
     */
    void openPool() {
        await(".card h3 a", "orders");
        browser.findElement(By.cssSelector(".card h3 a")).click();
        await("h1", "orders");
    }

    WebElement find(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    void await(String selector, String text) {
        Await.until(() -> has(selector, text), selector + " has the text " + text);
    }

    /** Awaits what the page must show within a time. */
    void promised(Duration bound, String selector, String text) {
        Duration unused =
                Await.promised(
                        bound,
                        () -> has(selector, text),
                        () -> selector + " has the text " + text + " in:\n" + text());
    }

    boolean has(String selector, String text) {
        String script =
                "return [...document.querySelectorAll(arguments[0])]"
                        + ".some(element => element.innerText.includes(arguments[1]))";
        return isTrue(script, selector, text);
    }

    String text() {
        return browser.findElement(By.tagName("body")).getText();
    }

    boolean hasRow(String task, String state) {
        String script =
                "return [...document.querySelectorAll('tr')].some(row =>"
                        + " row.cells[0].innerText === arguments[0]"
                        + " && row.innerText.includes(arguments[1]))";
        return isTrue(script, task, state);
    }

    void clickInRow(String task, String action) {
        String row = "//tr[td[1]/a[text()='" + task + "']]";
        browser.findElement(By.xpath(row + "//button[@data-do='" + action + "']")).click();
    }

    boolean isTrue(String script, Object... arguments) {
        return Boolean.TRUE.equals(browser.executeScript(script, arguments));
    }

    /** Gives the page the width of a phone. */
    void narrow() {
        var unused =
                browser.executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of(
                                "width",
                                390,
                                "height",
                                844,
                                "deviceScaleFactor",
                                2,
                                "mobile",
                                true));
    }

    /** Sets a preference of the user, such as {@code prefers-color-scheme}. */
    void prefer(String feature, String value) {
        var unused =
                browser.executeCdpCommand(
                        "Emulation.setEmulatedMedia",
                        Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    /** Fails if a script has failed or the browser has refused something. */
    void assertNoErrors() {
        assertThat(browser.manage().logs().get("browser").getAll().stream().map(Object::toString))
                .isEmpty();
    }

    @Override
    public void close() {
        browser.quit();
        System.gc(); // before JDK 21 a client of HTTP ends its thread when it is collected
    }
}
