package dev.procession.samples;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/** The modules of the running JDK, from the {@code jrt:} file system. */
final class JdkModules {

    private static final Path ROOT =
            FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");

    private JdkModules() {}

    /** Their names, sorted. */
    static List<String> names() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.getFileName().toString()).sorted().toList();
        }
    }

    /** Reads, parses and counts every class file of a module, in the order of their paths. */
    static ModuleCount count(String module) throws IOException {
        ClassMembers members = new ClassMembers();
        MessageDigest digest = Digests.sha256();
        long length = 0;
        for (Path file : classFiles(module)) {
            byte[] bytes = Files.readAllBytes(file);
            length += bytes.length;
            digest.update(file.toString().getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
            members.add(file.toString(), bytes);
        }
        return new ModuleCount(
                module,
                members.classes(),
                members.constants(),
                members.fields(),
                members.methods(),
                length,
                Digests.hex(digest));
    }

    private static List<Path> classFiles(String module) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
            return files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
        }
    }
}
