package dev.procession.core.launch;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/** The version of Java that a child runs. */
final class JavaVersion {

    private static final String KEY = "JAVA_VERSION=\"";

    private static final ConcurrentHashMap<String, Integer> KNOWN = new ConcurrentHashMap<>();

    private JavaVersion() {}

    /** The feature number of the version, such as 17 or 25; 0 if unknown. */
    static int feature(LaunchOptions options) {
        if (options.javaHome() == null) {
            return Runtime.version().feature();
        }
        String home = options.effectiveJavaHome().toString();
        Integer known = KNOWN.get(home);
        if (known == null) {
            known = read(new File(home, "release"));
            KNOWN.put(home, known);
        }
        return known;
    }

    private static int read(File release) {
        try (BufferedReader lines =
                new BufferedReader(new FileReader(release, StandardCharsets.ISO_8859_1))) {
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.startsWith(KEY)) {
                    return number(line.substring(KEY.length()));
                }
            }
        } catch (IOException e) {
            // No JDK, or none with a readable release file: the version is unknown.
        }
        return 0;
    }

    private static int number(String version) {
        int number = 0;
        for (int i = 0; i < version.length(); i++) {
            int digit = Character.digit(version.charAt(i), 10);
            if (digit < 0) {
                break;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
