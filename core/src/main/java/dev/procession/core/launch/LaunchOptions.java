package dev.procession.core.launch;

import dev.procession.core.ProcessOutput;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings for the start of a child JVM.
 *
 * @param name the child's name, in thread names, messages and the prefix of its output
 * @param jvmArgs flags of the JVM, after Procession's own and the inherited ones, which they
 *     override
 * @param inheritAgents whether this JVM's agents run in the child too
 * @param environment variables to set; those of this process are inherited
 * @param withoutVariables variables that are not inherited
 * @param directory the working directory, or null for this process's
 * @param program where the child finds its classes
 * @param javaHome the JDK to run, or null for this process's
 * @param output receives its standard output and error
 * @param daemon whether this process may end while the child runs; the child then ends too
 */
public record LaunchOptions(
        String name,
        List<String> jvmArgs,
        boolean inheritAgents,
        Map<String, String> environment,
        Set<String> withoutVariables,
        @Nullable Path directory,
        ProgramPath program,
        @Nullable Path javaHome,
        ProcessOutput output,
        boolean daemon) {

    /** Copies the collections. */
    public LaunchOptions {
        jvmArgs = List.copyOf(jvmArgs);
        environment = Map.copyOf(environment);
        withoutVariables = Set.copyOf(withoutVariables);
    }

    /** The settings of a daemon child that is started as this JVM was. */
    static LaunchOptions of(String name, ProcessOutput output) {
        return new LaunchOptions(
                name,
                List.of(),
                false,
                Map.of(),
                Set.of(),
                null,
                ProgramPath.of(null, null),
                null,
                output,
                true);
    }

    /** The same for a child of another name. */
    public LaunchOptions named(String other) {
        return copy(other, jvmArgs, environment);
    }

    /** The same with flags before those of the user, which override them. */
    public LaunchOptions withFlagsFirst(List<String> flags) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(jvmArgs);
        return copy(name, all, environment);
    }

    /** The same with flags after those of the user, which they override. */
    public LaunchOptions withFlagsLast(List<String> flags) {
        List<String> all = new ArrayList<>(jvmArgs);
        all.addAll(flags);
        return copy(name, all, environment);
    }

    /** The same with one more environment variable. */
    public LaunchOptions withVariable(String variable, String value) {
        Map<String, String> all = new HashMap<>(environment);
        all.put(variable, value);
        return copy(name, jvmArgs, all);
    }

    /**
     * The same with the trace that this thread is within, unless the user names or removes the
     * trace.
     */
    public LaunchOptions withTrace() {
        Map<String, String> trace = new HashMap<>();
        OpenTelemetryVariables.addTo(trace);
        if (trace.isEmpty() || names(OpenTelemetryVariables.PARENT)) {
            return this;
        }
        Set<String> without = new HashSet<>(OpenTelemetryVariables.NAMES); // parts of another one
        without.removeAll(trace.keySet());
        without.addAll(withoutVariables);
        trace.keySet().removeAll(withoutVariables);
        trace.putAll(environment);
        return new LaunchOptions(
                name,
                jvmArgs,
                inheritAgents,
                trace,
                without,
                directory,
                program,
                javaHome,
                output,
                daemon);
    }

    private LaunchOptions copy(
            String otherName, List<String> otherArgs, Map<String, String> otherEnvironment) {
        return new LaunchOptions(
                otherName,
                otherArgs,
                inheritAgents,
                otherEnvironment,
                withoutVariables,
                directory,
                program,
                javaHome,
                output,
                daemon);
    }

    /**
     * Refuses settings with which no start can succeed, before a process is created.
     *
     * @throws IllegalArgumentException if the JVM or the directory does not exist
     * @throws UnsupportedOperationException if this system is not Linux, or this is a native image
     */
    public void check() {
        if (System.getProperty("org.graalvm.nativeimage.imagecode") != null) {
            throw new UnsupportedOperationException(
                    "a native image has no JVM to start a child with; run this program on a JVM");
        }
        String system = System.getProperty("os.name");
        if (!"Linux".equals(system)) {
            throw new UnsupportedOperationException(
                    "Procession starts processes on Linux alone: os.name=" + system);
        }
        File java = new File(effectiveJavaHome().toString(), "bin/java");
        if (!java.canExecute()) {
            throw new IllegalArgumentException(
                    "there is no JVM to start; name a JDK by javaHome(...) of the builder: no such"
                            + " program="
                            + java);
        }
        if (directory != null && !directory.toFile().isDirectory()) {
            throw new IllegalArgumentException("no such directory: path=" + directory);
        }
    }

    /** The flags that the user sets for the child, also by the variables that each JVM reads. */
    public List<String> givenFlags() {
        List<String> all = new ArrayList<>();
        for (String variable : OwnFlags.VARIABLES) {
            all.addAll(OwnFlags.words(environment.getOrDefault(variable, "")));
        }
        all.addAll(jvmArgs);
        return all;
    }

    /** True if the user sets or removes this variable for the child. */
    boolean names(String variable) {
        return environment.containsKey(variable) || withoutVariables.contains(variable);
    }

    /** Sets the working directory and the variables of the new process. */
    void applyTo(ProcessBuilder builder) {
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        Map<String, String> variables = builder.environment();
        for (String variable : OwnFlags.VARIABLES) { // no lambdas: they take long on a cold start
            variables.remove(variable);
        }
        for (String variable : withoutVariables) {
            variables.remove(variable);
        }
        variables.putAll(environment);
    }

    /** The JDK that the child runs. */
    Path effectiveJavaHome() {
        return javaHome != null ? javaHome : Path.of(System.getProperty("java.home"));
    }
}
