package dev.procession.bench.report;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a {@link Run} for people and for programs, under the time it began. */
public final class Report {

    private final Run run;

    public Report(Run run) {
        this.run = run;
    }

    /** Writes table, JSON and a directory of plots, and returns the path of the table. */
    public Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        String name = run.started().replace(":", "");
        Path table = directory.resolve(name + ".md");
        Files.writeString(table, new MarkdownTable(run).text());
        JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        json.writeValue(directory.resolve(name + ".json").toFile(), run);
        new Plots(directory.resolve(name)).write(run);
        return table;
    }
}
