package dev.procession.core.launch;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The class path that a class loader stands for, where {@code java.class.path} does not have the
 * program: inside a build tool, an application server, a plug-in. Gathered from the URLs of the
 * loader and of those above it.
 */
final class LoaderPath {

    private LoaderPath() {}

    /**
     * The loader that has this thread's program: the thread's, if it sees this Procession, so that
     * what lies below Procession's own loader is found as well.
     */
    static ClassLoader loaderOfProgram() {
        ClassLoader own = ChildMain.class.getClassLoader();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context == null || context == own) {
            return own;
        }
        try {
            return context.loadClass(ChildMain.class.getName()) == ChildMain.class ? context : own;
        } catch (ClassNotFoundException e) {
            return own;
        }
    }

    /**
     * The directories and JARs, those of the loader itself first.
     *
     * @throws IllegalStateException if they are not to be had, or Procession is not among them
     */
    static String of(ClassLoader loader) {
        Set<String> entries = new LinkedHashSet<>();
        ClassLoader system = ClassLoader.getSystemClassLoader();
        boolean ofSystem = ChildMain.class.getClassLoader() == system;
        if (ofSystem) { // it comes before what loaders below it have
            entries.addAll(List.of(ownClassPath()));
        }
        ClassLoader next = loader;
        while (next != null && next != system) {
            if (next instanceof URLClassLoader urls) {
                for (URL url : urls.getURLs()) {
                    addEntry(entries, url);
                }
            }
            next = next.getParent();
        }
        if (next == system) {
            entries.addAll(List.of(ownClassPath()));
        }
        if (!ofSystem && !hasProcession(entries)) {
            throw new IllegalStateException(
                    "no JVM can be started as this one was: Procession comes from a class loader"
                            + " that does not say where its classes lie; name a class path by"
                            + " classPath(...) of the builder: loader="
                            + loader.getClass().getName()
                            + ", its URLs="
                            + entries
                            + ", java.class.path="
                            + System.getProperty("java.class.path"));
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String[] ownClassPath() {
        String path = System.getProperty("java.class.path", "");
        return path.isEmpty() ? new String[0] : path.split(File.pathSeparator, -1);
    }

    private static void addEntry(Set<String> entries, URL url) {
        String file = file(url);
        if (file != null) {
            entries.add(file);
        }
    }

    /** By looking, for the manifest of a JAR may name others. */
    private static boolean hasProcession(Set<String> entries) {
        String name = ChildMain.class.getName().replace('.', '/') + ".class";
        URL[] urls = new URL[entries.size()];
        int count = 0;
        try {
            for (String entry : entries) {
                urls[count++] = new File(entry).toURI().toURL();
            }
            try (URLClassLoader trial = new URLClassLoader(urls, null)) {
                return trial.findResource(name) != null;
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** The file that a URL names, also as {@code jar:file:...!/}; null if it names none. */
    private static @Nullable String file(URL url) {
        String text = url.toString();
        if (text.startsWith("jar:") && text.endsWith("!/")) {
            text = text.substring("jar:".length(), text.length() - "!/".length());
        }
        if (!text.startsWith("file:")) {
            return null;
        }
        try {
            return new File(new URI(text)).getPath();
        } catch (URISyntaxException | IllegalArgumentException e) {
            return new File(text.substring("file:".length())).getPath(); // not escaped
        }
    }
}
