package dev.procession.bench.rival;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.NotInstalledException;
import dev.procession.bench.race.Rival;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A script among this module's resources, run by {@code python3} for all rounds. It reads an amount
 * from each line and answers with a line of JSON.
 */
public final class PythonRival implements Rival {

    private static final String COMMAND = "python3";
    private static final String SHARED_MODULE = "rounds.py";
    private static final String VALUE = "value";
    private static final long END_SECONDS = 30;

    /** Which word of the script's first line is the pid of its server, if it has one. */
    private static final int SERVER = 2;

    private final String name;
    private final String script;
    private final List<String> arguments;
    private final JsonMapper json = new JsonMapper();
    private @Nullable Scratch scratch;
    private @Nullable Process process;
    private @Nullable BufferedReader answers;
    private @Nullable Writer requests;
    private String version = "";
    private Set<Long> servers = Set.of();

    /**
     * A script.
     *
     * @param arguments the arguments of the script
     */
    public PythonRival(String name, String script, String... arguments) {
        this.name = name;
        this.arguments = List.of(arguments);
        this.script = script;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void open() throws IOException, NotInstalledException {
        scratch = Scratch.create();
        Path directory = scratch.directory();
        copy(SHARED_MODULE, directory);
        copy(script, directory);
        List<String> command = new ArrayList<>();
        command.addAll(List.of(COMMAND, "-u", directory.resolve(script).toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new NotInstalledException(COMMAND + " cannot be started", e);
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        String[] words = readLine(answers).split(" ", -1);
        version = "Python " + words[0] + ", " + words[1];
        servers = words.length == SERVER ? Set.of() : Set.of(Long.parseLong(words[SERVER]));
    }

    @Override
    public Set<Long> servers() {
        return servers;
    }

    private static void copy(String resource, Path directory) throws IOException {
        try (InputStream in = PythonRival.class.getResourceAsStream("/python/" + resource)) {
            if (in == null) {
                throw new IOException("no such resource: " + resource);
            }
            Files.copy(in, directory.resolve(resource));
        }
    }

    @Override
    public Figure measure(int amount) throws IOException {
        if (requests == null || answers == null) {
            throw new IllegalStateException("not open: " + name);
        }
        requests.write(amount + "\n");
        requests.flush();
        JsonNode answer = json.readTree(readLine(answers));
        Map<String, Double> details = new TreeMap<>();
        answer.properties().stream()
                .filter(property -> !property.getKey().equals(VALUE))
                .forEach(p -> details.put(p.getKey(), p.getValue().doubleValue()));
        return new Figure(answer.required(VALUE).doubleValue(), details);
    }

    private String readLine(BufferedReader reader) throws IOException {
        String line = reader.readLine();
        if (line == null) {
            throw new IOException(script + " has ended, see its error output");
        }
        return line;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            if (process != null) {
                process.getOutputStream().close(); // which ends the script
                if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new IOException(script + " did not end: seconds=" + END_SECONDS);
                }
            }
        } finally {
            if (scratch != null) {
                scratch.close();
            }
        }
    }
}
