package dev.procession.core.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;

/**
 * The flags of this JVM that its children get too: those that change what code means, wherever they
 * were given. A worker would otherwise refuse, or take otherwise, what its parent takes.
 *
 * <p>Never the heap, the collector, ports of debuggers and of JMX, and agents unless they are asked
 * for: what is good once in a program is seldom good in each of its processes. Of the variables
 * {@code JAVA_TOOL_OPTIONS}, {@code JDK_JAVA_OPTIONS} and {@code _JAVA_OPTIONS}, which a child does
 * not see, properties come along as well: those are meant for every JVM.
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

    /** Remote JMX: one port, for one process. */
    private static final String JMX = "-Dcom.sun.management";

    private static final String DEBUGGER = "jdwp";

    /** What Spring Boot's launcher is told; ours is told something else. */
    private static final String BOOT = "-Dloader.";

    /** What not every release knows. */
    private static final List<String> OF_SOME_RELEASES =
            List.of(
                    "--illegal-native-access",
                    "--sun-misc-unsafe-memory-access",
                    "--enable-final-field-mutation",
                    "--illegal-final-field-mutation",
                    "--limit-modules",
                    "--upgrade-module-path");

    /** Part of the names of modules that come and go with releases. */
    private static final String INCUBATOR = "jdk.incubator.";

    private static final List<String> ASSERTIONS =
            List.of("-ea", "-da", "-enableassertions", "-disableassertions");

    private static final String PATCH = "--patch-module=";

    private static final String TIME_ZONE = "user.timezone";
    private static final String ZONE_FLAG = "-D" + TIME_ZONE + "=";

    private InheritedFlags() {}

    /** The flags for a child. */
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

    /** True of what the user says as well, and the JVM does not take twice. */
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

    /** Assertions may have been switched on by code, as surefire does it, and not by a flag. */
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

    /** True of a flag that may hold a password: it is not for the lists of processes. */
    static boolean isPrivate(String flag) {
        return startsWithAny(flag, AGENTS)
                || (flag.startsWith("-D")
                        && !flag.startsWith(ZONE_FLAG)
                        && !startsWithAny(flag, MEANING));
    }

    /**
     * The zone of this JVM, also one that its code has set; the property tells whether anybody has
     * asked for the zone yet, for whose sake it would be loaded otherwise. Not one that only this
     * JVM knows.
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

    /** The flags of this JVM that the child inherits, and then the user's. */
    static List<String> withGiven(LaunchOptions options) {
        List<String> all = new ArrayList<>(of(options));
        all.addAll(options.jvmArgs());
        return all;
    }
}
