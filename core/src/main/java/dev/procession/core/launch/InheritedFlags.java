package dev.procession.core.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;

/**
 * The flags of this JVM that its children inherit: those that change what code means, in the
 * command as well as in variables and the manifest. Without them a worker could refuse code that
 * its parent runs, or run it with another result.
 *
 * <p>A child never inherits the heap's size, the collector, and the ports of debuggers and of JMX;
 * agents only on request. Children do not see the variables {@code JAVA_TOOL_OPTIONS}, {@code
 * JDK_JAVA_OPTIONS} and {@code _JAVA_OPTIONS}, so they also inherit the system properties in them,
 * which are meant for every JVM.
 */
final class InheritedFlags {

    private static final List<String> MEANING =
            List.of(
                    "-ea",
                    "-da",
                    "-esa",
                    "-dsa",
                    "-enableassertions",
                    "-disableassertions",
                    "-enablesystemassertions",
                    "-disablesystemassertions",
                    "--enable-preview",
                    "--add-opens",
                    "--add-exports",
                    "--add-reads",
                    "--add-modules",
                    "--patch-module",
                    "--limit-modules",
                    "--upgrade-module-path",
                    "--enable-native-access",
                    "--illegal-native-access",
                    "--sun-misc-unsafe-memory-access",
                    "--enable-final-field-mutation",
                    "--illegal-final-field-mutation",
                    "-Xbootclasspath/a:",
                    "-Djava.library.path=",
                    "-Duser.language",
                    "-Duser.country",
                    "-Duser.script",
                    "-Duser.variant",
                    "-Duser.region",
                    "-Dfile.encoding=",
                    "-Dsun.jnu.encoding=",
                    "-Dstdout.encoding=",
                    "-Dstderr.encoding=");

    private static final List<String> AGENTS = List.of("-javaagent:", "-agentpath:", "-agentlib:");

    /** Remote JMX, whose port only one process can have. */
    private static final String JMX = "-Dcom.sun.management";

    private static final String DEBUGGER = "jdwp";

    /** Properties of Spring Boot's launcher; {@link ProgramPath} sets those of a child. */
    private static final String BOOT = "-Dloader.";

    /** Flags that not every release of Java has. */
    private static final List<String> OF_SOME_RELEASES =
            List.of(
                    "--illegal-native-access",
                    "--sun-misc-unsafe-memory-access",
                    "--enable-final-field-mutation",
                    "--illegal-final-field-mutation",
                    "--limit-modules",
                    "--upgrade-module-path");

    /** Part of the names of modules that only some releases have. */
    private static final String INCUBATOR = "jdk.incubator.";

    private static final List<String> ASSERTIONS =
            List.of("-ea", "-da", "-enableassertions", "-disableassertions");

    private static final String PATCH = "--patch-module=";

    private static final String TIME_ZONE = "user.timezone";
    private static final String ZONE_FLAG = "-D" + TIME_ZONE + "=";

    private InheritedFlags() {}

    /** The flags that a child inherits. */
    static List<String> of(LaunchOptions options) {
        List<String> users = OwnFlags.options(options.jvmArgs());
        boolean otherRelease = isOfOtherRelease(options);
        Set<String> flags = new LinkedHashSet<>();
        addAssertions(flags);
        flags.addAll(OwnFlags.ofManifest());
        for (String flag : OwnFlags.given()) {
            if (isInherited(flag, options.inheritAgents())
                    && !isOverruled(flag, users)
                    && !(otherRelease && isOfSomeReleases(flag))
                    && (options.program().hasModules() || !ProgramPath.namesProgramModule(flag))) {
                flags.remove(flag); // of "-ea -da -ea" the last one counts
                flags.add(flag);
            }
        }
        if (options.names("TZ")) {
            flags.removeIf(flag -> flag.startsWith(ZONE_FLAG));
        } else {
            addTimeZone(flags);
        }
        return List.copyOf(flags);
    }

    private static boolean isOfOtherRelease(LaunchOptions options) {
        return !options.effectiveJavaHome().equals(Path.of(System.getProperty("java.home")))
                && JavaVersion.feature(options) != Runtime.version().feature();
    }

    private static boolean isOfSomeReleases(String flag) {
        return startsWithAny(flag, OF_SOME_RELEASES)
                || (flag.startsWith("--add-modules") && flag.contains(INCUBATOR));
    }

    private static boolean isInherited(String flag, boolean agents) {
        if (flag.startsWith(JMX) || flag.startsWith(BOOT)) {
            return false;
        }
        if (startsWithAny(flag, AGENTS)) {
            return agents && !flag.contains(DEBUGGER);
        }
        return startsWithAny(flag, MEANING)
                || (flag.startsWith("-D") && OwnFlags.ofVariables().contains(flag));
    }

    /** True of a flag that the user sets for the child too, and the JVM does not accept twice. */
    private static boolean isOverruled(String flag, List<String> users) {
        if (users.contains(flag)) {
            return true;
        }
        if (!flag.startsWith(PATCH)) {
            return false;
        }
        String module = flag.substring(0, flag.indexOf('=', PATCH.length()) + 1);
        return module.length() > PATCH.length()
                && users.stream().anyMatch(other -> other.startsWith(module));
    }

    /** Adds {@code -ea} if code has enabled assertions, as surefire does, and no flag. */
    private static void addAssertions(Set<String> flags) {
        for (String flag : OwnFlags.given()) {
            if (startsWithAny(flag, ASSERTIONS)) {
                return;
            }
        }
        if (ChildMain.class.desiredAssertionStatus()) {
            flags.add("-ea");
        }
    }

    /** True of a flag that may contain a password, which must not be on a command line. */
    static boolean isPrivate(String flag) {
        return startsWithAny(flag, AGENTS)
                || (flag.startsWith("-D")
                        && !flag.startsWith(ZONE_FLAG)
                        && !startsWithAny(flag, MEANING));
    }

    /**
     * Adds the time zone of this JVM, also one that its code has set, but none that other JVMs do
     * not know. The property is empty until code of this JVM has used the zone; then there is
     * nothing to inherit, and the zone's classes need not be loaded.
     */
    private static void addTimeZone(Set<String> flags) {
        String property = System.getProperty(TIME_ZONE);
        if (property == null || property.isEmpty()) {
            return;
        }
        String zone = TimeZone.getDefault().getID();
        if (zone != null && TimeZone.getTimeZone(zone).getID().equals(zone)) {
            flags.removeIf(flag -> flag.startsWith(ZONE_FLAG));
            flags.add(ZONE_FLAG + zone);
        }
    }

    private static boolean startsWithAny(String flag, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (flag.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** The flags that the child inherits, followed by those that the user sets. */
    static List<String> withUsers(LaunchOptions options) {
        List<String> all = new ArrayList<>(of(options));
        all.addAll(options.jvmArgs());
        return all;
    }
}
