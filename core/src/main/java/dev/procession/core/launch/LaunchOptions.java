package dev.procession.core.launch;

import dev.procession.core.ProcessOutput;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a child JVM is started.
 *
 * @param name for people: thread names, messages, the prefix of its output
 * @param jvmArgs flags of the JVM, after Procession's own, so that they win
 * @param environment variables to set; those of this process are inherited
 * @param directory the working directory, or null for this process's
 * @param classPath the class path, or null for this process's class path and module path
 * @param javaHome the JDK to run, or null for this process's
 * @param output who hears its standard output and error
 * @param daemon whether this process may end while the child runs, which then ends too
 */
public record LaunchOptions(
        String name,
        List<String> jvmArgs,
        Map<String, String> environment,
        @Nullable Path directory,
        @Nullable String classPath,
        @Nullable Path javaHome,
        ProcessOutput output,
        boolean daemon) {

    /** Copies the collections. */
    public LaunchOptions {
        jvmArgs = List.copyOf(jvmArgs);
        environment = Map.copyOf(environment);
    }

    /** The same for a child of another name. */
    public LaunchOptions named(String other) {
        return new LaunchOptions(
                other, jvmArgs, environment, directory, classPath, javaHome, output, daemon);
    }

    /** The same with flags before those of the user, who may overrule them. */
    public LaunchOptions withFlagsFirst(List<String> flags) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(jvmArgs);
        return new LaunchOptions(
                name, all, environment, directory, classPath, javaHome, output, daemon);
    }

    /** The same with one more variable. */
    public LaunchOptions withVariable(String variable, String value) {
        Map<String, String> all = new HashMap<>(environment);
        all.put(variable, value);
        return new LaunchOptions(
                name, jvmArgs, all, directory, classPath, javaHome, output, daemon);
    }

    /** The class path that the child gets; empty in a purely modular application. */
    String effectiveClassPath() {
        return fromHere(classPath != null ? classPath : System.getProperty("java.class.path", ""));
    }

    /** The module path that the child gets, if it gets any. */
    @Nullable String effectiveModulePath() {
        String path = classPath == null ? System.getProperty("jdk.module.path") : null;
        return path == null ? null : fromHere(path);
    }

    /** A path whose entries mean the same in the child's working directory as in this one. */
    private String fromHere(String path) {
        if (directory == null || path.isEmpty()) {
            return path;
        }
        StringBuilder absolute = new StringBuilder();
        int from = 0;
        while (from <= path.length()) {
            int end = path.indexOf(File.pathSeparatorChar, from);
            end = end < 0 ? path.length() : end;
            if (from > 0) {
                absolute.append(File.pathSeparatorChar);
            }
            absolute.append(new File(path.substring(from, end)).getAbsolutePath());
            from = end + 1;
        }
        return absolute.toString();
    }

    /** The JDK that the child runs. */
    Path effectiveJavaHome() {
        return javaHome != null ? javaHome : Path.of(System.getProperty("java.home"));
    }
}
