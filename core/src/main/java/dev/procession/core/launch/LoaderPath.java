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
 * The class path of a program that a class loader has loaded, where {@code java.class.path} does
 * not contain it: inside a build tool, an application server or a plug-in. It consists of the URLs
 * of the loader and of its parents.
 */
final class LoaderPath {

    private LoaderPath() {}

    /**
     * Returns the loader of this thread's program: the context class loader if it sees this same
     * Procession, so that classes of loaders below Procession's own are found too; otherwise
     * Procession's own.
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
     * Returns the directories and JARs, those of the loader itself before its parents'.
     *
     * @throws IllegalStateException if Procession is not among them
     */
    static String of(ClassLoader loader) {
        Set<String> entries = new LinkedHashSet<>();
        ClassLoader system = ClassLoader.getSystemClassLoader();
        boolean ofSystem = ChildMain.class.getClassLoader() == system;
        if (ofSystem) { // a parent's entries come before those of the loaders below it
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

    /** Looks for a class of Procession, as the manifest of a JAR may name others. */
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
