package dev.procession.system.tool;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.graph.Graph;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.Graphs;
import com.google.common.graph.MutableGraph;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which package may use which, as a table, and the other rules of the house.
 *
 * <p>A nested class counts as its top-level class. Names are given without the prefix that all
 * packages share. The ground floor consists of leaf types, which every package may use and which
 * use only each other; they count in no cycle of packages.
 */
public final class House {

    private final String prefix;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Set<String> groundFloor = new TreeSet<>();
    private final Map<String, String> leafClasses = new TreeMap<>();
    private final List<Exemption> exemptions = new ArrayList<>();
    private final Map<String, String> longCycles = new TreeMap<>();
    private final int longestCycle;

    /**
     * A row of the table.
     *
     * @param holds the content of the package
     * @param mayUse packages; a name with two dots at its end means the package and all below it
     */
    private record Row(String holds, ImmutableSet<String> mayUse) {

        boolean allows(String target) {
            return mayUse.stream()
                    .anyMatch(
                            each ->
                                    each.endsWith("..")
                                            ? (target + ".")
                                                    .startsWith(
                                                            each.substring(0, each.length() - 1))
                                            : each.equals(target));
        }
    }

    /** A class that may use another one against the table. */
    private record Exemption(String from, String to, String reason) {}

    /** A top-level class, and another one that it uses. */
    private record Use(String from, String to) {}

    private House(String prefix, int longestCycle) {
        this.prefix = prefix + ".";
        this.longestCycle = longestCycle;
    }

    /**
     * A house without a row.
     *
     * @param prefix the prefix of the names of all packages
     * @param longestCycle how many top-level classes may use each other in a cycle
     */
    public static House of(String prefix, int longestCycle) {
        return new House(prefix, longestCycle);
    }

    /**
     * Adds a package, its content, and the packages that it may use beside itself and the ground
     * floor.
     *
     * @param mayUse packages; a name with two dots at its end means the package and all below it
     */
    public House row(String name, String holds, String... mayUse) {
        if (rows.put(name, new Row(holds, ImmutableSet.copyOf(mayUse))) != null) {
            throw new IllegalArgumentException("two rows for one package: package=" + name);
        }
        return this;
    }

    /** Adds leaf types of a package, by their simple names. */
    public House groundFloor(String name, String... types) {
        for (String type : types) {
            groundFloor.add(name + "." + type);
        }
        return this;
    }

    /** Adds a leaf type that is a class; the other rules for leaf types hold for it as well. */
    public House groundFloorClass(String type, String reason) {
        groundFloor.add(type);
        leafClasses.put(type, reason);
        return this;
    }

    /**
     * Lets a class use another one although its row does not allow it, or although it is a leaf
     * type.
     */
    public House exemption(String from, String to, String reason) {
        exemptions.add(new Exemption(from, to, reason));
        return this;
    }

    /** Allows a longer cycle, if this class is in it. */
    public House longCycle(String type, String reason) {
        longCycles.put(type, reason);
        return this;
    }

    /** Returns the violations; types that are not below the prefix of the house do not count. */
    public ImmutableList<String> violations(JavaClasses classes) {
        List<String> result = new ArrayList<>();
        Set<String> types = new TreeSet<>();
        Set<Use> uses = new HashSet<>();
        for (JavaClass type : classes) {
            if (isInHouse(type)) {
                types.add(topLevel(type));
                uses.addAll(usesOf(type));
            }
        }
        addUnknownPackages(types, result);
        addUnsoundGroundFloor(classes, uses, result);
        addForbiddenUses(uses, result);
        addPackageCycles(uses, result);
        addClassCycles(uses, result);
        return ImmutableList.copyOf(result);
    }

    private boolean isInHouse(JavaClass type) {
        return (type.getPackageName() + ".").startsWith(prefix);
    }

    private String topLevel(JavaClass type) {
        String name = type.getName().substring(prefix.length());
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private Set<Use> usesOf(JavaClass type) {
        String from = topLevel(type);
        return type.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .map(JavaClass::getBaseComponentType)
                .filter(this::isInHouse)
                .map(this::topLevel)
                .filter(to -> !to.equals(from) && !to.endsWith("package-info"))
                .map(to -> new Use(from, to))
                .collect(Collectors.toSet());
    }

    private static String packageOf(String type) {
        int dot = type.lastIndexOf('.');
        return dot < 0 ? "" : type.substring(0, dot);
    }

    private void addUnknownPackages(Set<String> types, List<String> result) {
        types.stream()
                .map(House::packageOf)
                .distinct()
                .filter(name -> !rows.containsKey(name))
                .forEach(name -> result.add("a package without a row: " + name));
    }

    private void addUnsoundGroundFloor(JavaClasses classes, Set<Use> uses, List<String> result) {
        for (String leaf : groundFloor) {
            if (!classes.contain(prefix + leaf)) {
                result.add("a leaf type that is not there: " + leaf);
            } else if (!leafClasses.containsKey(leaf) && !mayBeLeaf(classes.get(prefix + leaf))) {
                result.add("a leaf type that is no interface, record, enum or exception: " + leaf);
            }
        }
        uses.stream()
                .filter(this::isUnsoundLeaf)
                .filter(use -> !isExempt(use))
                .map(use -> "a leaf type that uses another one: " + use.from + " -> " + use.to)
                .sorted()
                .forEach(result::add);
    }

    private boolean isUnsoundLeaf(Use use) {
        return groundFloor.contains(use.from) && !groundFloor.contains(use.to);
    }

    private static boolean mayBeLeaf(JavaClass type) {
        return type.isInterface()
                || type.isRecord()
                || type.isEnum()
                || type.isAssignableTo(Throwable.class);
    }

    private void addForbiddenUses(Set<Use> uses, List<String> result) {
        uses.stream()
                .filter(use -> !isAllowed(use) && !isExempt(use))
                .map(use -> "against the table: " + use.from + " -> " + use.to)
                .sorted()
                .forEach(result::add);
        for (Exemption exemption : exemptions) {
            Use use = new Use(exemption.from, exemption.to);
            if (!uses.contains(use) || (isAllowed(use) && !isUnsoundLeaf(use))) {
                result.add(
                        "an exemption that nothing needs: "
                                + exemption.from
                                + " -> "
                                + exemption.to);
            }
        }
    }

    /** Accepts all uses of a package without a row: the missing row is a violation of its own. */
    private boolean isAllowed(Use use) {
        String from = packageOf(use.from);
        String to = packageOf(use.to);
        Row row = rows.get(from);
        return row == null || from.equals(to) || groundFloor.contains(use.to) || row.allows(to);
    }

    private void addPackageCycles(Set<Use> uses, List<String> result) {
        MutableGraph<String> graph = GraphBuilder.directed().build();
        uses.stream()
                .filter(use -> !groundFloor.contains(use.to))
                .filter(use -> !isExempt(use))
                .filter(use -> !packageOf(use.from).equals(packageOf(use.to)))
                .forEach(use -> graph.putEdge(packageOf(use.from), packageOf(use.to)));
        for (Set<String> cycle : cycles(graph)) {
            result.add("a cycle of packages: " + String.join(", ", cycle));
        }
    }

    private boolean isExempt(Use use) {
        return exemptions.stream()
                .anyMatch(each -> each.from.equals(use.from) && each.to.equals(use.to));
    }

    private void addClassCycles(Set<Use> uses, List<String> result) {
        MutableGraph<String> graph = GraphBuilder.directed().build();
        uses.forEach(use -> graph.putEdge(use.from, use.to));
        Set<String> unused = new TreeSet<>(longCycles.keySet());
        for (Set<String> cycle : cycles(graph)) {
            if (cycle.size() > longestCycle && !unused.removeAll(cycle)) {
                result.add(
                        "a cycle of "
                                + cycle.size()
                                + " top-level classes: "
                                + String.join(", ", cycle));
            }
        }
        unused.forEach(type -> result.add("no cycle is so long, but one was let be: " + type));
    }

    /**
     * The groups of nodes that reach each other, in the order of their names; a node alone is no
     * cycle.
     */
    private static List<Set<String>> cycles(Graph<String> graph) {
        Map<String, Set<String>> reach = new HashMap<>();
        graph.nodes().forEach(node -> reach.put(node, Graphs.reachableNodes(graph, node)));
        List<Set<String>> result = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String node : new TreeSet<>(graph.nodes())) {
            Set<String> cycle =
                    reach.get(node).stream()
                            .filter(other -> reach.get(other).contains(node))
                            .collect(Collectors.toCollection(TreeSet::new));
            if (cycle.size() > 1 && seen.addAll(cycle)) {
                result.add(cycle);
            }
        }
        return result;
    }
}
