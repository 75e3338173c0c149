package dev.procession.core.launch;

import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a child's JVM finds the classes of this program: on the same class path, on the same module
 * path, or in the same executable jar as this JVM, or on the class path that the user set.
 *
 * @param flags the flags before the main class
 * @param main the main class, or the module that contains it, as arguments of {@code java}
 * @param classPath the class path if the classes are there alone; null if a start-up archive cannot
 *     be used
 */
public record ProgramPath(List<String> flags, List<String> main, @Nullable String classPath) {

    private static final String CHILD_MAIN = ChildMain.class.getName();

    /** The launchers in an executable jar of Spring Boot, from 3.2 on and before. */
    private static final List<String> BOOT_LAUNCHERS =
            List.of(
                    "org.springframework.boot.loader.launch.PropertiesLauncher",
                    "org.springframework.boot.loader.PropertiesLauncher");

    /** The prefix of the properties of Spring Boot's launcher. */
    private static final String BOOT_PREFIX = "loader.";

    private static final String BOOT_MAIN = BOOT_PREFIX + "main";
    private static final String BOOT_ARGUMENTS = BOOT_PREFIX + "args";

    /**
     * Returns the one for a child that this thread starts.
     *
     * @param given the class path that the user sets, if any
     * @param working the child's working directory; null for this process's
     * @throws IllegalStateException if another JVM cannot load classes from where this JVM has
     *     them, and the user sets no class path
     */
    public static ProgramPath of(@Nullable String given, @Nullable Path working) {
        File directory = working == null ? null : working.toFile();
        if (given != null) {
            return onClassPath(fromHere(given, directory));
        }
        String own = fromHere(System.getProperty("java.class.path", ""), directory);
        String modules = System.getProperty("jdk.module.path");
        if (modules != null || ChildMain.class.getModule().isNamed()) {
            return onModulePath(modules == null ? null : fromHere(modules, directory), own);
        }
        ClassLoader system = ClassLoader.getSystemClassLoader();
        ClassLoader loader = LoaderPath.loaderOfProgram();
        if (loader == system) {
            return onClassPath(own);
        }
        if (ChildMain.class.getClassLoader() != system) {
            for (String launcher : BOOT_LAUNCHERS) {
                if (ClassLoader.getSystemResource(launcher.replace('.', '/') + ".class") != null) {
                    return inBootJar(launcher, own);
                }
            }
        }
        return onClassPath(fromHere(LoaderPath.of(loader), directory));
    }

    private static ProgramPath onClassPath(String classPath) {
        List<String> flags = classPath.isEmpty() ? List.of() : List.of("-cp", classPath);
        return new ProgramPath(flags, List.of(CHILD_MAIN), classPath);
    }

    private static ProgramPath onModulePath(@Nullable String modulePath, String classPath) {
        Module module = ChildMain.class.getModule();
        if (module.isNamed() && module.getLayer() != ModuleLayer.boot()) {
            throw new IllegalStateException(
                    "no JVM can be started from a module layer that this program has made itself:"
                            + " module="
                            + module.getName()
                            + "; name a class path by classPath(...) of the builder");
        }
        List<String> flags = new ArrayList<>();
        if (modulePath != null) {
            flags.add("--module-path");
            flags.add(modulePath);
        }
        Set<String> modules = programModules();
        if (System.getProperty("jdk.module.main") == null) {
            modules.add("ALL-DEFAULT"); // the main class is on the class path
        }
        if (!modules.isEmpty()) {
            flags.add("--add-modules");
            flags.add(String.join(",", modules));
        }
        if (!classPath.isEmpty()) {
            flags.add("-cp");
            flags.add(classPath);
        }
        List<String> main =
                module.isNamed()
                        ? List.of("-m", module.getName() + "/" + CHILD_MAIN)
                        : List.of(CHILD_MAIN);
        return new ProgramPath(flags, main, null);
    }

    /**
     * The modules that this JVM has resolved, without the JDK's. With them as roots a child
     * resolves the same graph; the module path may contain more modules, and some may conflict.
     */
    private static Set<String> programModules() {
        Set<String> names = new TreeSet<>();
        boolean inImage = isInImage(ChildMain.class.getModule().getName());
        for (Module module : ModuleLayer.boot().modules()) {
            String name = module.getName();
            boolean ofJdk = name.startsWith("java.") || name.startsWith("jdk.");
            if (!ofJdk && (inImage || !isInImage(name))) {
                names.add(name);
            }
        }
        return names;
    }

    /** True of a module of the JDK, or of a run-time image that contains the program. */
    private static boolean isInImage(@Nullable String module) {
        return module != null
                && ModuleLayer.boot()
                        .configuration()
                        .findModule(module)
                        .flatMap(found -> found.reference().location())
                        .filter(location -> "jrt".equals(location.getScheme()))
                        .isPresent();
    }

    /** True if a child gets the modules of this program. */
    boolean hasModules() {
        return flags.contains("--add-modules");
    }

    /** True of a flag that names a module of the program, which a child on a class path lacks. */
    static boolean namesProgramModule(String flag) {
        if (!flag.startsWith("--")) {
            return false;
        }
        Set<String> modules = programModules();
        for (String word : flag.split("[=/,]", -1)) {
            if (modules.contains(word)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Starts Spring Boot's launcher, which finds the nested jars; a property names the main class.
     */
    private static ProgramPath inBootJar(String launcher, String jar) {
        URL home = ChildMain.class.getResource("ChildMain.class");
        if (home != null && home.toString().matches(".*!/?WEB-INF/.*")) {
            throw new IllegalStateException(
                    "no JVM can be started from an executable WAR, whose launcher finds classes for"
                            + " itself alone; make it a JAR, or name a class path by classPath(...)"
                            + " of the builder: file="
                            + jar);
        }
        Map<String, String> properties = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(BOOT_PREFIX)) {
                properties.put(name, System.getProperty(name, ""));
            }
        }
        properties.remove(BOOT_ARGUMENTS);
        properties.put(BOOT_MAIN, CHILD_MAIN);
        List<String> flags = new ArrayList<>();
        properties.forEach((name, value) -> flags.add("-D" + name + "=" + value));
        flags.add("-cp");
        flags.add(jar);
        return new ProgramPath(flags, List.of(launcher), null);
    }

    /**
     * Returns a path whose entries mean the same in a child's working directory as in this one.
     *
     * @param directory the child's working directory; null for this process's
     */
    private static String fromHere(String path, @Nullable File directory) {
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
}
