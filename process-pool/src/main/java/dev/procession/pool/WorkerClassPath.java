package dev.procession.pool;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class path of a pool's workers, in which it is looked up whether there is a class; none is
 * loaded. One that is not known, or is this JVM's own, counts as having all.
 */
final class WorkerClassPath implements Closeable {

    private static final String ALL_JARS = "*";

    private final @Nullable URLClassLoader loader;

    WorkerClassPath(@Nullable String classPath) {
        this.loader =
                classPath == null || classPath.equals(System.getProperty("java.class.path"))
                        ? null
                        : new URLClassLoader(urls(classPath), null);
    }

    private static URL[] urls(String classPath) {
        List<URL> urls = new ArrayList<>();
        for (String place : classPath.split(File.pathSeparator, -1)) {
            if (place.endsWith(ALL_JARS)) {
                String folder = place.substring(0, place.length() - ALL_JARS.length());
                File[] jars = new File(folder.isEmpty() ? "." : folder).listFiles();
                for (File jar : jars == null ? new File[0] : jars) {
                    urls.add(url(jar));
                }
            } else {
                urls.add(url(new File(place)));
            }
        }
        return urls.toArray(new URL[0]);
    }

    private static URL url(File place) {
        try {
            return place.toURI().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasClass(String name) {
        return loader == null || loader.findResource(name.replace('.', '/') + ".class") != null;
    }

    @Override
    public void close() {
        if (loader != null) {
            try {
                loader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
