package dev.procession.samples;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import dev.procession.core.ProcessOutput;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskTimeoutException;
import dev.procession.samples.DocumentParser.Contents;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Parses a folder of PDF files, of which four are hostile: one is cut off, one unpacks to half a
 * gigabyte, one makes the parser loop for ever and one makes it write to an unmapped address. Each
 * of the last three would end a pool of threads. Here each costs only its own task, the report
 * shows what was killed and why, and every other document is read.
 *
 * <p>Two limits suffice: a heap for each worker and a time for each task.
 */
public final class Documents {

    private static final int WORKERS = 2;
    private static final int LOST = 3;
    private static final long HEAP_BYTES = 64L << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private Documents() {}

    /**
     * Runs the sample. The exit status is 0 if every document ended as it should.
     *
     * @param args ignored
     * @throws Exception if the folder cannot be made
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    /**
     * A line of the report.
     *
     * @param document the document's name
     * @param ending how its task ended
     * @param detail its contents, or what was killed and why
     */
    record Line(String document, Ending ending, String detail) {}

    /** How the task of a document ended. */
    enum Ending {
        READ,
        REFUSED,
        OUT_OF_TIME,
        OUT_OF_MEMORY,
        CRASHED
    }

    static boolean run(PrintStream out) throws IOException, InterruptedException {
        return run(out, TIMEOUT);
    }

    /** Runs the sample with another limit for each task. */
    static boolean run(PrintStream out, Duration timeout) throws IOException, InterruptedException {
        DocumentFolder folder = DocumentFolder.create();
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .name("parsers")
                        .workers(WORKERS)
                        .maxWorkerHeap(HEAP_BYTES)
                        .cancelGrace(Duration.ofMillis(200))
                        .directory(folder.directory()) // for the reports of crashes
                        .jvmArgs("-XX:-CreateCoredumpOnCrash", "-Djava.awt.headless=true")
                        .output(ProcessOutput.discard())
                        .build()) {
            List<Line> lines = parseAll(pool, folder.documents(), timeout);
            out.println(table(lines));
            pool.shutdown();
            boolean right = pool.awaitTermination(1, TimeUnit.MINUTES);
            long lost = pool.stats().workersLost();
            right &= isAsExpected(lines) && lost == LOST;
            out.printf("%d workers were lost: %s%n", lost, right ? "as expected" : "NOT SO");
            return right;
        } finally {
            delete(folder.directory());
        }
    }

    private static List<Line> parseAll(
            ProcessPoolExecutor pool, List<Path> documents, Duration timeout)
            throws InterruptedException {
        Map<Path, TaskFuture<Contents>> futures = new LinkedHashMap<>();
        for (Path document : documents) {
            File file = document.toFile();
            TaskOptions options =
                    TaskOptions.builder().name(file.getName()).timeout(timeout).build();
            futures.put(document, pool.submit(() -> DocumentParser.parse(file), options));
        }
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<Path, TaskFuture<Contents>> entry : futures.entrySet()) {
            lines.add(line(entry.getKey().getFileName().toString(), entry.getValue()));
        }
        return lines;
    }

    private static Line line(String document, TaskFuture<Contents> future)
            throws InterruptedException {
        try {
            Contents contents = future.get();
            return new Line(
                    document,
                    Ending.READ,
                    "%d pages, %d words".formatted(contents.pages(), contents.words()));
        } catch (ExecutionException e) {
            return failed(document, e.getCause());
        }
    }

    private static Line failed(String document, Throwable cause) {
        if (cause instanceof TaskTimeoutException late) {
            return new Line(document, Ending.OUT_OF_TIME, "worker killed after " + late.timeout());
        }
        if (cause instanceof WorkerCrashedException crash) {
            String detail =
                    "exit code %d, signal %d%s"
                            .formatted(
                                    crash.exitCode(),
                                    crash.signal(),
                                    crash.crashFile().isPresent() ? ", report kept" : "");
            return new Line(
                    document,
                    crash.isOutOfMemory() ? Ending.OUT_OF_MEMORY : Ending.CRASHED,
                    detail);
        }
        return new Line(document, Ending.REFUSED, cause.getClass().getSimpleName());
    }

    private static boolean isAsExpected(List<Line> lines) {
        String words =
                "%d pages, %d words"
                        .formatted(
                                DocumentFolder.PAGES,
                                DocumentFolder.PAGES * DocumentFolder.WORDS_OF_A_PAGE);
        boolean right = lines.size() == DocumentFolder.GOOD + 4;
        for (Line line : lines) {
            Ending expected =
                    switch (line.document()) {
                        case "truncated.pdf" -> Ending.REFUSED;
                        case "bomb.pdf" -> Ending.OUT_OF_MEMORY;
                        case "endless.pdf" -> Ending.OUT_OF_TIME;
                        case "wild-pointer.pdf" -> Ending.CRASHED;
                        default -> Ending.READ;
                    };
            right &= line.ending() == expected;
            right &= expected != Ending.READ || line.detail().equals(words);
        }
        return right;
    }

    private static String table(List<Line> lines) {
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
                lines,
                List.of(
                        new Column()
                                .header("document")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(Line::document),
                        new Column()
                                .header("ending")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(line -> line.ending().toString()),
                        new Column()
                                .header("detail")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(Line::detail)));
    }

    private static void delete(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(directory)) {
            paths = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
