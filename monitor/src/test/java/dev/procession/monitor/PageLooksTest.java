package dev.procession.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whether everything on the page can be read and reached: on a phone, dark and light. */
@Timeout(180)
class PageLooksTest {

    /** Returns the texts whose contrast to what is behind them is less than 4.5. */
    private static final String TOO_FAINT =
            """
            const parts = (colour) => (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
            const light = (colour) => {
              const [red, green, blue] = parts(colour).map((part) => part / 255)
                .map((part) => part <= 0.04 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
              return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
            };
            const opaque = (element) => {
              const colour = getComputedStyle(element).backgroundColor;
              return parts(colour)[3] !== 0 || element.parentElement === null
                ? colour : opaque(element.parentElement);
            };
            const found = [];
            for (const element of document.querySelectorAll('body *')) {
              const text = [...element.childNodes].filter((node) => node.nodeType === 3)
                .map((node) => node.data.trim()).join('');
              if (text !== '' && element.checkVisibility() && element.offsetWidth > 1) {
                const [a, b] = [light(getComputedStyle(element).color), light(opaque(element))];
                const contrast = Math.max(a, b) / Math.min(a, b);
                if (contrast < 4.5) {
                  found.push(text + ': ' + contrast.toFixed(2));
                }
              }
            }
            return found;
            """;

    /** Returns what can be clicked and is not wholly within the width of the page. */
    private static final String CUT_OFF =
            """
            const found = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
            for (const element of document.querySelectorAll('button, a:not(.skip), summary')) {
              const box = element.getBoundingClientRect();
              if (box.width > 0 && (box.left < 0 || box.right > innerWidth)) {
                found.push(element.innerText);
              }
            }
            return found;
            """;

    @TempDir private static Path directory;

    private PageDriver page;
    private TestProgram program;

    @BeforeEach
    void open() throws Exception {
        page = new PageDriver(directory);
        program = PageDriver.start(directory, 0, "all");
        page.browser.get(PageDriver.addressOf(program));
        program.awaitLine("it waits");
    }

    @AfterEach
    void close() throws InterruptedException {
        if (page != null) {
            page.close();
        }
        if (program != null) {
            program.terminate(); // it removes its session
            int unused = program.awaitExit();
            program.close();
        }
    }

    @Test
    void shouldBeReadableInEveryViewDarkAndLightWideAndNarrow() throws Exception {
        program.write('\n');
        program.awaitLine("hangs");
        List<String> wrong = new ArrayList<>();
        List<String> views = views();
        for (int width = 0; width < 2; width++) {
            for (String colours : List.of("light", "dark")) {
                page.prefer("prefers-color-scheme", colours);
                for (String view : views) {
                    open(view);
                    wrong.addAll(found(TOO_FAINT, "too faint, " + colours + ", " + view));
                    wrong.addAll(found(CUT_OFF, "cut off, " + view));
                }
            }
            page.narrow();
        }
        assertThat(wrong).isEmpty();
        page.assertNoErrors();
    }

    /** Returns the addresses of a view of each kind. */
    private List<String> views() {
        List<String> views = new ArrayList<>();
        views.add("#/");
        for (String kind : List.of("pool", "worker", "queue", "manager")) {
            views.add(firstLink(kind));
        }
        open(views.get(1));
        views.add(firstLink("task"));
        return views;
    }

    private String firstLink(String kind) {
        String selector = "main a[href^=\"#/" + kind + "/\"]";
        Await.until(
                () -> page.isTrue("return document.querySelector(arguments[0]) !== null", selector),
                "there is a link to a " + kind);
        return (String)
                page.browser.executeScript(
                        "return document.querySelector(arguments[0]).hash", selector);
    }

    private void open(String view) {
        page.browser.executeScript("location.hash = arguments[0]", view);
        Await.until(
                () ->
                        page.isTrue(
                                "return document.querySelector('.view').dataset.view"
                                        + " === arguments[0]",
                                view),
                "the view is drawn: " + view);
    }

    private List<String> found(String script, String what) {
        List<?> found = (List<?>) page.browser.executeScript(script);
        return found.stream().map(each -> what + ": " + each).toList();
    }

    @Test
    void shouldShowWhoHoldsALockAndWhoWaitsForIt() {
        open(firstLink("manager"));
        String who = "WatchedProgram " + program.pid();
        page.await("td", who + ", thread ");
        page.await("td", who + " for ");
        page.await("td", "prices-4");
    }

    @Test
    void shouldNotMoveBetweenLooksForWhoWantsLessMotion() {
        page.prefer("prefers-reduced-motion", "reduce");
        page.openPool();
        page.browser.executeScript(
                """
                window.drawn = 0;
                const clear = CanvasRenderingContext2D.prototype.clearRect;
                CanvasRenderingContext2D.prototype.clearRect = function (...box) {
                  window.drawn++;
                  clear.apply(this, box);
                };
                window.looks = 0;
                new MutationObserver(() => window.looks++)
                  .observe(document.querySelector('main'), {
                    subtree: true, childList: true, characterData: true, attributes: true,
                  });
                """);
        Await.until(() -> page.isTrue("return drawn >= 5"), "it is drawn after looks");
        assertThat(page.isTrue("return drawn <= looks")).as("draws only after looks").isTrue();
    }
}
