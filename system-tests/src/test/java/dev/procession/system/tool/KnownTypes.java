package dev.procession.system.tool;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The types that a document may name: those of the JDK's exported packages, and those of this
 * project's sources, tests and programs included.
 */
public final class KnownTypes {

    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+)", Pattern.MULTILINE);
    private static final Pattern DECLARATION =
            Pattern.compile("\\b(?:class|interface|record|enum|object) ([A-Z]\\w*)");

    private final Set<String> simpleNames = new HashSet<>();
    private final Set<String> fullNames = new HashSet<>();

    private KnownTypes() {}

    /**
     * Reads the types that exist.
     *
     * @param root the project's directory
     * @param foreign further types, by the names by which documents name them
     */
    public static KnownTypes of(Path root, Set<String> foreign) throws IOException {
        KnownTypes types = new KnownTypes();
        for (String name : foreign) {
            (name.contains(".") ? types.fullNames : types.simpleNames).add(name);
        }
        for (ModuleReference module : ModuleFinder.ofSystem().findAll()) {
            types.addExported(module);
        }
        for (Path file : sources(root)) {
            types.addDeclared(Files.readString(file));
        }
        return types;
    }

    /**
     * Whether there is such a type.
     *
     * @param packageName with a dot at its end; empty for a simple name
     */
    public boolean contains(String packageName, String simpleName) {
        return packageName.isEmpty()
                ? simpleNames.contains(simpleName)
                : fullNames.contains(packageName + simpleName);
    }

    private void addExported(ModuleReference module) throws IOException {
        ImmutableSet<String> packages =
                module.descriptor().exports().stream()
                        .filter(export -> !export.isQualified())
                        .map(ModuleDescriptor.Exports::source)
                        .collect(ImmutableSet.toImmutableSet());
        try (ModuleReader reader = module.open();
                Stream<String> resources = reader.list()) {
            resources
                    .filter(name -> name.endsWith(".class") && name.contains("/"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .map(name -> name.replace('/', '.').replace('$', '.'))
                    .filter(name -> packages.contains(packageOf(name)))
                    .forEach(this::add);
        }
    }

    /** The package of a type whose name may be that of a nested one. */
    private static String packageOf(String type) {
        Matcher simpleName = Pattern.compile("\\.[A-Z]").matcher(type);
        return simpleName.find() ? type.substring(0, simpleName.start()) : "";
    }

    private void add(String fullName) {
        fullNames.add(fullName);
        simpleNames.add(fullName.substring(fullName.lastIndexOf('.') + 1));
    }

    private void addDeclared(String source) {
        Matcher packageName = PACKAGE.matcher(source);
        String prefix = packageName.find() ? packageName.group(1) + "." : "";
        Matcher declaration = DECLARATION.matcher(source);
        while (declaration.find()) {
            add(prefix + declaration.group(1));
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> isSource("/" + root.relativize(file)))
                    .collect(Collectors.toList());
        }
    }

    private static boolean isSource(String name) {
        return name.contains("/src/")
                && !name.contains("/target/")
                && (name.endsWith(".java") || name.endsWith(".kt"));
    }
}
