package dev.procession.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Files that the JVM and the tests' launcher open for themselves, at any time. */
final class DescriptorsOfTheJvm {

    private static final Pattern OF_THE_SYSTEM =
            Pattern.compile("/proc/.*|/sys/.*|/dev/u?random|.*/target/surefire.*");

    private static final Path JAVA_HOME = real(Path.of(System.getProperty("java.home")));

    private static final Path TEMPORARY = real(Path.of(System.getProperty("java.io.tmpdir")));

    private static final Set<String> CLASS_PATH =
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> !entry.isEmpty())
                    .map(entry -> real(Path.of(entry)).toString())
                    .collect(Collectors.toSet());

    private DescriptorsOfTheJvm() {}

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath(); // does not exist, so it is not open either
        }
    }

    /** True if a descriptor of this file belongs to the JVM or the launcher. */
    static boolean contain(String target) {
        return OF_THE_SYSTEM.matcher(target).matches()
                || target.startsWith(JAVA_HOME + "/")
                || CLASS_PATH.contains(target)
                || isJarOfTheLauncher(target);
    }

    /** True of a JAR that is not temporary: no property names the launcher's own class path. */
    private static boolean isJarOfTheLauncher(String target) {
        return target.endsWith(".jar") && !target.startsWith(TEMPORARY + "/");
    }
}
