package dev.procession.core;

import dev.procession.core.launch.LaunchOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How JVMs are started: what the builders of {@link ChildProcess} and of the process pool have in
 * common. Not thread-safe. Not for users to extend.
 *
 * @param <B> the builder itself, which the methods return
 */
public abstract class LaunchBuilder<B extends LaunchBuilder<B>> {

    private final List<String> jvmArgs = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private @Nullable String name;
    private @Nullable Path directory;
    private @Nullable String classPath;
    private @Nullable Path javaHome;
    private ProcessOutput output = ProcessOutput.forward();

    /** For the builders of Procession. */
    protected LaunchBuilder() {}

    /**
     * The builder, for chaining.
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
     * Adds flags of the JVM, such as {@code -Xmx1g}. They come after Procession's own and win.
     *
     * @param flags the flags, one argument each
     * @return this builder
     */
    public B jvmArgs(String... flags) {
        jvmArgs.addAll(List.of(flags));
        return self();
    }

    /**
     * Sets an environment variable beside those that are inherited from this process.
     *
     * @param variable its name
     * @param value its value
     * @return this builder
     */
    public B environment(String variable, String value) {
        environment.put(variable, value);
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
     * Sets the working directory. The class path and the module path stay what they are: entries
     * that are relative count from this process's directory.
     *
     * @param value an existing directory; by default this process's
     * @return this builder
     */
    public B directory(Path value) {
        directory = value;
        return self();
    }

    /**
     * Replaces the class path. It must hold Procession and the classes that are sent.
     *
     * @param value as {@code java -cp} takes it, from this process's directory; by default this
     *     process's, with its module path
     * @return this builder
     */
    public B classPath(String value) {
        classPath = value;
        return self();
    }

    /**
     * Chooses another JDK, of version 17 or later.
     *
     * @param value its home; by default the one that runs this process
     * @return this builder
     */
    public B javaHome(Path value) {
        javaHome = value;
        return self();
    }

    /**
     * Chooses who hears what is printed.
     *
     * @param value by default {@link ProcessOutput#forward}
     * @return this builder
     */
    public B output(ProcessOutput value) {
        output = value;
        return self();
    }

    /**
     * The name that was given.
     *
     * @return the name, or null
     */
    protected @Nullable String givenName() {
        return name;
    }

    /**
     * A copy of the options as they are now, for Procession's own use.
     *
     * @param name the name of the child
     * @param daemon whether this process may end while the child runs
     * @return the options
     */
    @SuppressWarnings("exports") // for siblings, to whom the type's package is exported
    protected LaunchOptions launchOptions(String name, boolean daemon) {
        return new LaunchOptions(
                name, jvmArgs, environment, directory, classPath, javaHome, output, daemon);
    }
}
