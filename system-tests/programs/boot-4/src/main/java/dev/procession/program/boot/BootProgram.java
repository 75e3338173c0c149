package dev.procession.program.boot;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.program.Everything;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs everything, and a task whose code is in the program itself and not in a nested jar. */
@SpringBootApplication
public class BootProgram implements CommandLineRunner {

    /** Starts it. */
    public static void main(String[] args) {
        SpringApplication.run(BootProgram.class, args);
    }

    @Override
    public void run(String... args) throws Exception {
        Everything.run();
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            String name = pool.submit(() -> BootProgram.class.getSimpleName()).get();
            System.out.println("everything works in " + name);
        }
    }
}
