package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.OptionalDouble;

/** The first line of {@code top}: the sums of all programs. */
final class Summary {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private Summary() {}

    static String of(MachineSnapshot machine, Changes changes) {
        long programs = 0;
        long workers = 0;
        long running = 0;
        long waiting = 0;
        double rate = 0;
        boolean known = false;
        for (ProgramSnapshot program : machine.programs()) {
            programs += program.pid() == 0 ? 0 : 1;
            for (PoolSnapshot pool : program.pools()) {
                workers += pool.workers().size();
                running += pool.running();
                waiting += pool.queued();
                OptionalDouble throughput = changes.throughput(program, pool);
                known |= throughput.isPresent();
                rate += throughput.orElse(0);
            }
        }
        LocalTime at =
                Instant.ofEpochMilli(machine.at()).atZone(ZoneId.systemDefault()).toLocalTime();
        return TIME.format(at)
                + "  "
                + Words.count(programs, "program", "programs")
                + ", "
                + Words.count(workers, "worker", "workers")
                + ", "
                + Words.count(running)
                + " running, "
                + Words.count(waiting)
                + " waiting"
                + (known ? ", " + Words.rate(rate) + " tasks/s" : "");
    }
}
