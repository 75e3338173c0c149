package dev.procession.bench.rival;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of a library, from the file that Maven leaves in its JAR. */
public final class LibraryVersion {

    private LibraryVersion() {}

    public static String of(String group, String artifact) {
        String file = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream in = LibraryVersion.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("not in the library's JAR: " + file);
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }
}
