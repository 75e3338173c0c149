package dev.procession.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two processors for two processes that work together.
 *
 * @param first its number, as the kernel counts
 * @param second the number of the other one
 */
record Processors(int first, int second) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";
    private static final Path ALL = Path.of("/sys/devices/system/cpu");

    /**
     * A processor that this JVM may use.
     *
     * @param number as the kernel counts
     * @param chip the package that it is on; empty if unknown
     * @param core the core of that package; empty if unknown
     */
    record Processor(int number, String chip, String core) {

        private boolean sharesCore(Processor other) {
            return sharesChip(other) && core.equals(other.core) && !core.isEmpty();
        }

        private boolean sharesChip(Processor other) {
            return chip.equals(other.chip);
        }
    }

    /** Chooses two processors: on different cores of one package if possible, else any two. */
    static Optional<Processors> choose(List<Processor> allowed) {
        if (allowed.size() < 2) {
            return Optional.empty();
        }
        Processor first = allowed.get(0);
        List<Processor> rest = allowed.subList(1, allowed.size());
        Processor second =
                rest.stream()
                        .filter(each -> each.sharesChip(first) && !each.sharesCore(first))
                        .findFirst()
                        .or(() -> rest.stream().filter(each -> !each.sharesCore(first)).findFirst())
                        .orElse(rest.get(0));
        return Optional.of(new Processors(first.number, second.number));
    }

    /** The processors that this JVM may use, as the kernel writes them: {@code 0-3,8}. */
    static String allowedList() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(ALLOWED))
                .map(line -> line.substring(ALLOWED.length()).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("no allowed processors: file=" + STATUS));
    }

    /** Reads a list in that form. */
    static List<Integer> numbers(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            String[] ends = range.strip().split("-", -1);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int number = Integer.parseInt(ends[0]); number <= last; number++) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    /** Reads the data of a processor from the kernel. */
    static Processor processor(int number) {
        return new Processor(
                number, topology(number, "physical_package_id"), topology(number, "core_id"));
    }

    private static String topology(int number, String file) {
        try {
            return Files.readString(ALL.resolve("cpu" + number).resolve("topology").resolve(file))
                    .strip();
        } catch (IOException e) {
            return ""; // the kernel does not report it
        }
    }
}
