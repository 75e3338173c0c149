package dev.procession.core.launch;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/** A host that runs {@link HostedProgram} in a class loader of its own, by reflection. */
final class HostOfLoaders {

    private static final String HOSTED = "dev.procession.core.launch.HostedProgram";

    private HostOfLoaders() {}

    /** The kind of loader, and the class path. */
    public static void main(String[] args) throws Exception {
        URL[] urls = urls(args[1]);
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        ClassLoader loader =
                switch (args[0]) {
                    case "urls" -> new URLClassLoader(urls, platform);
                    case "two" ->
                            new URLClassLoader(
                                    new URL[] {urls[0]},
                                    new URLClassLoader(
                                            List.of(urls)
                                                    .subList(1, urls.length)
                                                    .toArray(URL[]::new),
                                            platform));
                    case "silent" -> new Silent(new URLClassLoader(urls, platform));
                    default -> throw new IllegalArgumentException(args[0]);
                };
        Thread.currentThread().setContextClassLoader(loader);
        loader.loadClass(HOSTED)
                .getMethod("main", String[].class)
                .invoke(null, (Object) new String[] {args[0], args[1]});
        if (loader instanceof Closeable closeable) {
            closeable.close(); // as build tools do, before the exit hooks run
        }
    }

    private static URL[] urls(String classPath) throws MalformedURLException {
        String[] entries = classPath.split(File.pathSeparator, -1);
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = new File(entries[i]).toURI().toURL();
        }
        return urls;
    }

    /** A loader that is not a {@link URLClassLoader}, so it does not show where its classes are. */
    static final class Silent extends ClassLoader {
        private final ClassLoader source;

        Silent(ClassLoader source) {
            super(ClassLoader.getPlatformClassLoader());
            this.source = source;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try (InputStream in = source.getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        @Override
        public URL getResource(String name) {
            return source.getResource(name);
        }
    }
}
