package dev.procession.system.tool;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSortedMap;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The public API: the public and protected members of public types, in the packages that the
 * modules on the class path export to all modules.
 *
 * <p>The JDK's {@code javap} reads the class files. Members that the compiler has added are
 * omitted, and so are members that name a type of an internal package, because no user can call
 * them. Members that a type inherits from a hidden superclass count as its own: users do not notice
 * if the two are merged.
 */
public final class PublicApi {

    private static final Pattern TYPE =
            Pattern.compile(
                    "((?:[a-z-]+ )*(?:class|interface) )([\\w.$]+)(<.*?>)?((?: extends| implements)"
                            + " .*)?");
    private static final Pattern OUR_NAME = Pattern.compile("dev\\.procession(?:\\.[a-z]\\w*)+");

    /** A program of the tests; it exports itself and is not published. */
    private static final String PROGRAM = "dev.procession.program";

    private static final String OBJECT = "java.lang.Object";

    /** Modifiers of the implementation, which callers do not see. */
    private static final Pattern HOW =
            Pattern.compile("\\b(?:synchronized|native|transient|volatile) ");

    /** The types of Procession's modules, including internal packages, by name. */
    private final Map<String, Type> types = new TreeMap<>();

    private final Set<String> exported = new HashSet<>();

    /**
     * A type as {@code javap} prints it.
     *
     * @param modifiers with the word {@code class} or {@code interface}
     * @param parameters with their brackets, or empty
     */
    private record Type(
            String modifiers,
            String name,
            String parameters,
            List<String> supertypes,
            List<String> members) {}

    private PublicApi() {}

    /**
     * Returns the lines of each module that exports packages to all modules, by the module's name.
     */
    public static ImmutableSortedMap<String, List<String>> ofClassPath() throws IOException {
        PublicApi api = new PublicApi();
        Map<String, Set<String>> packages = new TreeMap<>();
        for (String entry :
                Splitter.on(File.pathSeparator).split(System.getProperty("java.class.path"))) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                api.read(path, path, packages);
            } else if (entry.endsWith(".jar")
                    && path.getFileName().toString().contains("procession")) {
                try (FileSystem jar = FileSystems.newFileSystem(path)) {
                    api.read(path, jar.getPath("/"), packages);
                }
            }
        }
        packages.values().forEach(api.exported::addAll);
        ImmutableSortedMap.Builder<String, List<String>> result = ImmutableSortedMap.naturalOrder();
        packages.forEach((module, names) -> result.put(module, api.lines(names)));
        return result.buildOrThrow();
    }

    /** Reads a module, unless there is none at the root or it exports nothing. */
    private void read(Path entry, Path root, Map<String, Set<String>> packages) throws IOException {
        Path descriptor = root.resolve("module-info.class");
        if (!Files.exists(descriptor)) {
            return;
        }
        ModuleDescriptor module;
        try (InputStream in = Files.newInputStream(descriptor)) {
            module = ModuleDescriptor.read(in);
        }
        Set<String> names =
                module.exports().stream()
                        .filter(export -> !export.isQualified())
                        .map(ModuleDescriptor.Exports::source)
                        .collect(Collectors.toSet());
        if (names.isEmpty() || module.name().equals(PROGRAM)) {
            return;
        }
        packages.put(module.name(), names);
        List<String> classes;
        try (Stream<Path> files = Files.walk(root)) {
            classes =
                    files.map(file -> root.relativize(file).toString())
                            .filter(name -> name.endsWith(".class"))
                            .filter(name -> !name.endsWith("-info.class"))
                            .map(name -> name.substring(0, name.length() - ".class".length()))
                            .map(name -> name.replace('/', '.'))
                            .toList();
        }
        parse(javap(entry, classes));
    }

    private static Stream<String> javap(Path entry, List<String> classes) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-v", "-protected", "-constants", "-cp", entry.toString()));
        arguments.addAll(classes);
        StringWriter out = new StringWriter();
        StringWriter errors = new StringWriter();
        int code =
                ToolProvider.findFirst("javap")
                        .orElseThrow()
                        .run(
                                new PrintWriter(out),
                                new PrintWriter(errors),
                                arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException("javap failed: code=" + code + ", " + errors);
        }
        return out.toString()
                .lines()
                .map(line -> line.replace(" extends " + OBJECT + ">", ">"))
                .map(line -> line.replace(" extends " + OBJECT + ",", ","));
    }

    /** A member is indented by two spaces, between braces; its attributes are indented by four. */
    private void parse(Stream<String> lines) {
        List<String> members = new ArrayList<>();
        String member = "";
        boolean inBody = false;
        for (String line : (Iterable<String>) lines::iterator) {
            Matcher type = TYPE.matcher(line);
            if (line.equals("{") || line.equals("}")) {
                inBody = line.equals("{");
            } else if (type.matches()) {
                members = new ArrayList<>();
                types.put(type.group(2), type(type, members));
            } else if (inBody && line.startsWith("  ") && line.charAt(2) != ' ') {
                member = HOW.matcher(line.strip()).replaceAll("");
            } else if (inBody && line.startsWith("    flags: ") && !member.isEmpty()) {
                if (!line.contains("ACC_SYNTHETIC") && !line.contains("ACC_BRIDGE")) {
                    members.add(member);
                }
                member = "";
            }
        }
    }

    private static Type type(Matcher type, List<String> members) {
        String parameters = type.group(3) == null ? "" : type.group(3);
        String rest = type.group(4) == null ? "" : type.group(4);
        // The parameters of a type may have bounds with parameters of their own.
        while (brackets(parameters) > 0) {
            int end = rest.indexOf('>') + 1;
            parameters += rest.substring(0, end);
            rest = rest.substring(end);
        }
        List<String> supertypes = new ArrayList<>();
        String supertype = "";
        for (String part : rest.replaceAll(" (?:extends|implements) ", ",").split(",", -1)) {
            supertype += (supertype.isEmpty() ? "" : ",") + part;
            if (brackets(supertype) == 0) {
                if (!supertype.isBlank()) {
                    supertypes.add(supertype.strip());
                }
                supertype = "";
            }
        }
        return new Type(type.group(1), type.group(2), parameters, supertypes, members);
    }

    /** How many brackets are open at the end. */
    private static int brackets(String text) {
        return (int)
                (text.chars().filter(c -> c == '<').count()
                        - text.chars().filter(c -> c == '>').count());
    }

    private List<String> lines(Set<String> packages) {
        List<String> result = new ArrayList<>();
        for (Type type : types.values()) {
            if (packages.contains(packageOf(type.name)) && isPublic(type.name)) {
                TreeSet<String> supertypes = new TreeSet<>();
                TreeSet<String> members = new TreeSet<>();
                collect(type, supertypes, members);
                String constructor = " " + type.name + "(";
                members.removeIf(
                        member -> isConstructor(member) && !(" " + member).contains(constructor));
                members.removeIf(this::namesInternalType);
                if (!result.isEmpty()) {
                    result.add("");
                }
                result.add(
                        type.modifiers
                                + type.name
                                + type.parameters
                                + (supertypes.isEmpty()
                                        ? ""
                                        : " : " + String.join(", ", supertypes)));
                members.forEach(member -> result.add("  " + member));
            }
        }
        return result;
    }

    /** The members of a type and of its hidden supertypes, and the supertypes that users see. */
    private void collect(Type type, Set<String> supertypes, Set<String> members) {
        members.addAll(type.members);
        for (String supertype : type.supertypes) {
            Type ours = types.get(supertype.replaceAll("<.*", ""));
            if (supertype.equals(OBJECT)) {
                continue;
            }
            if (ours == null || (exported.contains(packageOf(ours.name)) && isPublic(ours.name))) {
                supertypes.add(supertype);
            } else {
                collect(ours, supertypes, members);
            }
        }
    }

    /** Whether the type, and each type that it is nested in, is public. */
    private boolean isPublic(String name) {
        int outer = name.lastIndexOf('$');
        Type type = types.get(name);
        return type != null
                && type.modifiers.startsWith("public ")
                && (outer < 0 || isPublic(name.substring(0, outer)));
    }

    /** A constructor has the name of its type, with the package; a method's name has no dot. */
    private static boolean isConstructor(String member) {
        int end = member.indexOf('(');
        return end > 0 && member.lastIndexOf('.', end) > member.lastIndexOf(' ', end);
    }

    private boolean namesInternalType(String member) {
        Matcher name = OUR_NAME.matcher(member);
        while (name.find()) {
            if (!exported.contains(name.group())) {
                return true;
            }
        }
        return false;
    }

    private static String packageOf(String type) {
        return type.substring(0, type.lastIndexOf('.'));
    }
}
