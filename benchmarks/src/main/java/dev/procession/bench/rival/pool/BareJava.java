package dev.procession.bench.rival.pool;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.JavaProgram;
import dev.procession.bench.rival.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How long {@code java Hello} takes from start to exit, seen by its parent: in milliseconds. */
public final class BareJava implements Rival {

    private final String name;
    private @Nullable Scratch scratch;

    public BareJava(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return "JDK " + Runtime.version();
    }

    @Override
    public void open() throws IOException {
        scratch = Scratch.create();
        String resource = Hello.class.getName().replace('.', '/') + ".class";
        Path target = scratch.directory().resolve(resource);
        Files.createDirectories(target.getParent());
        try (InputStream in = Hello.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new IOException("no such resource: " + resource);
            }
            Files.copy(in, target);
        }
    }

    @Override
    public Figure measure(int amount) throws IOException, InterruptedException {
        if (scratch == null) {
            throw new IllegalStateException("not open");
        }
        long nanos = 0;
        for (int i = 0; i < amount; i++) {
            nanos += JavaProgram.time("-cp", scratch.directory().toString(), Hello.class.getName());
        }
        return Figure.of(nanos / 1e6 / amount);
    }

    @Override
    public void close() throws IOException {
        if (scratch != null) {
            scratch.close();
        }
    }
}
