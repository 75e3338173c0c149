package dev.procession.bench.machine;

import dev.procession.pool.ProcessPoolExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The versions that were measured, and the machine.
 *
 * @param load the load average of the last minute when the run began; empty where unknown
 */
public record Machine(
        String procession, String jdk, String cpu, int cores, String kernel, String load) {

    private static final String MODEL = "model name";

    public static Machine here() {
        return new Machine(
                processionVersion(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                cpuModel(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + " "
                        + System.getProperty("os.arch"),
                firstWord(Path.of("/proc/loadavg")));
    }

    /** The version in the JAR's manifest and, when {@code ./bench} has passed it, the revision. */
    public static String processionVersion() {
        String version = ProcessPoolExecutor.class.getPackage().getImplementationVersion();
        String revision = System.getProperty("procession.bench.revision");
        return (version == null ? "unpackaged" : version)
                + (revision == null ? "" : " (" + revision + ")");
    }

    private static String cpuModel() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith(MODEL))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown"); // the kernel names no model on aarch64
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String firstWord(Path file) {
        try {
            String content = Files.readString(file);
            return content.substring(0, content.indexOf(' '));
        } catch (IOException | StringIndexOutOfBoundsException e) {
            return "";
        }
    }

    public String describe() {
        return String.format(
                Locale.ROOT,
                "Procession %s; %s; CPU %s, %d cores; %s; load %s",
                procession,
                jdk,
                cpu,
                cores,
                kernel,
                load.isEmpty() ? "unknown" : load);
    }
}
