package dev.procession.core;

import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.launch.ProcessClasses;
import dev.procession.core.launch.ProgramPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings for starting JVMs that the builders of {@link ChildProcess}, of the process pool and
 * of a manager's server share. Not thread-safe. Not for users to extend.
 *
 * @param <B> the builder itself, which the methods return
 */
public abstract class LaunchBuilder<B extends LaunchBuilder<B>> {

    private final List<String> jvmArgs = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Set<String> withoutVariables = new LinkedHashSet<>();
    private boolean inheritAgents;
    private @Nullable String name;
    private @Nullable Path directory;
    private @Nullable String classPath;
    private @Nullable Path javaHome;
    private ProcessOutput output = ProcessOutput.forward();

    /** For the builders of Procession. */
    protected LaunchBuilder() {
        ProcessClasses.preload();
    }

    /**
     * Returns this builder, for chaining.
     *
     * @return this
     */
    protected abstract B self();

    /**
     * Names the child, or the pool, whose workers are named after it.
     *
     * @param value by default {@code child-} or {@code pool-} and a number
     * @return this builder
     */
    public B name(String value) {
        name = Objects.requireNonNull(value, "name");
        return self();
    }

    /**
     * Adds flags of the JVM, such as {@code -Xmx1g}. They come after Procession's own and the
     * inherited ones and override them.
     *
     * <p>A child inherits those flags of this JVM that change what code means: {@code -ea}, {@code
     * --enable-preview}, {@code --add-opens}, {@code --add-exports}, {@code --add-reads}, {@code
     * --add-modules}, {@code --patch-module}, {@code --enable-native-access} and their kin, the
     * encoding, the locale, the time zone and {@code java.library.path}. It does not inherit the
     * heap, the collector, other system properties, ports of debuggers and of JMX, or agents
     * ({@link #inheritAgents}). {@code JAVA_TOOL_OPTIONS}, {@code JDK_JAVA_OPTIONS} and {@code
     * _JAVA_OPTIONS} are read by the same rule, except that the system properties in them are
     * inherited; a child does not see these variables unless {@link #environment} sets them.
     *
     * @param flags the flags, one argument each
     * @return this builder
     */
    public B jvmArgs(String... flags) {
        jvmArgs.addAll(List.of(flags));
        return self();
    }

    /**
     * Sets whether agents of this JVM ({@code -javaagent}, {@code -agentpath}, {@code -agentlib})
     * run in the child too, as a coverage agent must. Debuggers never do: two JVMs cannot listen on
     * one port.
     *
     * @param value by default false
     * @return this builder
     */
    public B inheritAgents(boolean value) {
        inheritAgents = value;
        return self();
    }

    /**
     * Sets an environment variable, in addition to those that are inherited from this process.
     *
     * @param variable its name
     * @param value its value
     * @return this builder
     */
    public B environment(String variable, String value) {
        environment.put(
                Objects.requireNonNull(variable, "variable"),
                Objects.requireNonNull(value, "value; withoutEnvironment removes a variable"));
        withoutVariables.remove(variable);
        return self();
    }

    /**
     * Removes an environment variable that would be inherited from this process.
     *
     * @param variable its name
     * @return this builder
     */
    public B withoutEnvironment(String variable) {
        withoutVariables.add(Objects.requireNonNull(variable, "variable"));
        environment.remove(variable);
        return self();
    }

    /**
     * Sets a system property; none is inherited.
     *
     * @param key its key
     * @param value its value
     * @return this builder
     */
    public B systemProperty(String key, String value) {
        jvmArgs.add("-D" + key + "=" + value);
        return self();
    }

    /**
     * Sets the working directory. It does not change the class path and the module path: their
     * relative entries are resolved against this process's directory.
     *
     * @param value an existing directory; by default this process's
     * @return this builder
     */
    public B directory(Path value) {
        directory = value;
        return self();
    }

    /**
     * Replaces the class path. It must contain Procession and the classes of the objects that are
     * sent.
     *
     * <p>By default a child loads its classes from where this JVM loads them: the class path, the
     * module path with the modules that are resolved here, the executable jar of Spring Boot, or
     * the URLs of the class loader that has loaded Procession, as in a build tool. If these places
     * cannot be determined, starting a child fails with an {@link IllegalStateException}, and
     * setting the class path is the remedy.
     *
     * @param value in the form of {@code java -cp}, relative to this process's directory
     * @return this builder
     */
    public B classPath(String value) {
        classPath = value;
        return self();
    }

    /**
     * Sets the JDK that the child runs, of version 17 or later.
     *
     * @param value its home; by default the one that runs this process
     * @return this builder
     */
    public B javaHome(Path value) {
        javaHome = value;
        return self();
    }

    /**
     * Sets where the lines go that the child prints.
     *
     * @param value by default {@link ProcessOutput#forward}
     * @return this builder
     */
    public B output(ProcessOutput value) {
        output = value;
        return self();
    }

    /**
     * Returns the name that was set.
     *
     * @return the name, or null if none was set
     */
    protected @Nullable String givenName() {
        return name;
    }

    /**
     * Returns a copy of the current settings, for Procession's own use.
     *
     * @param name the name of the child
     * @param daemon whether this process may end while the child runs
     * @return the options
     * @throws IllegalStateException if a JVM cannot be started as this one was, and no class path
     *     is named
     */
    @SuppressWarnings("exports") // for siblings, to whom the type's package is exported
    protected LaunchOptions launchOptions(String name, boolean daemon) {
        return new LaunchOptions(
                name,
                jvmArgs,
                inheritAgents,
                environment,
                withoutVariables,
                directory,
                ProgramPath.of(classPath, directory),
                javaHome,
                output,
                daemon);
    }
}
