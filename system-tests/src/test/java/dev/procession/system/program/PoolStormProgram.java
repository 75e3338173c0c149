package dev.procession.system.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program with a small heap whose pools go through a storm. */
public final class PoolStormProgram {

    /** Printed with what there was, when every future was settled once and rightly. */
    public static final String SURVIVED = "survived: ";

    /** Printed after it: the most memory that this process had. */
    public static final String PEAK_KIB = "peak memory in KiB: ";

    /** Flags: a result of 280 MiB must not fit. */
    public static final List<String> FLAGS = List.of("-Xmx256m", "-XX:+UseSerialGC");

    /** What may befall the program as a whole. */
    public enum Surroundings {
        CALM,
        /** Its shared memory, which no other process has, becomes full for moments. */
        FULL_MEMORY,
        /** It gets no more threads, for moments. */
        FEW_THREADS
    }

    private PoolStormProgram() {}

    /** Takes the seed, the number of faults, and the surroundings. */
    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[0]);
        int faults = Integer.parseInt(args[1]);
        Surroundings surroundings = Surroundings.valueOf(args[2]);
        // The JDK's own thread for timeouts exists before threads are scarce.
        CompletableFuture<Object> unused =
                new CompletableFuture<>().completeOnTimeout(1, 1, TimeUnit.MILLISECONDS);
        try (StormWeather weather = new StormWeather()) {
            PoolStorm storm = new PoolStorm(new Random(seed), kinds(surroundings), weather);
            storm.run(faults);
            System.out.println(SURVIVED + storm);
            System.out.println(PEAK_KIB + peak());
        } catch (Throwable e) { // the test shows the output
            e.printStackTrace(System.out);
            System.exit(1);
        }
    }

    private static List<StormKind> kinds(Surroundings surroundings) {
        List<StormKind> kinds = new ArrayList<>(List.of(StormKind.values()));
        kinds.remove(StormKind.GOOD);
        kinds.removeAll(List.of(StormKind.FULL_MEMORY, StormKind.FEW_THREADS));
        switch (surroundings) {
            case CALM -> {}
            case FULL_MEMORY -> kinds.add(0, StormKind.FULL_MEMORY);
            case FEW_THREADS -> {
                kinds.remove(StormKind.RESULT_LARGER_THAN_THIS_PROGRAM); // its pool needs threads
                kinds.add(0, StormKind.FEW_THREADS);
            }
        }
        return kinds;
    }

    private static String peak() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> line.replaceAll("\\D", ""))
                .findFirst()
                .orElseThrow();
    }
}
