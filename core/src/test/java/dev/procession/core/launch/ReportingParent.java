package dev.procession.core.launch;

import dev.procession.core.ChildProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.TreeMap;

/**
 * A program whose child prints how it was started: a line for each flag, variable and property. Its
 * arguments are options of the child.
 */
final class ReportingParent {

    private static boolean agentRan;

    private ReportingParent() {}

    /** An agent that does nothing. */
    static final class Agent {
        private Agent() {}

        @SuppressWarnings("unused") // by the JVM
        public static void premain(String arguments) {
            agentRan = true;
        }
    }

    public static void main(String[] args) throws Exception {
        ChildProcess.Builder builder = ChildProcess.builder();
        for (String argument : args) {
            String value = argument.substring(argument.indexOf('=') + 1); // may have more of them
            switch (argument.substring(0, argument.length() - value.length())) {
                case "agents=" -> builder.inheritAgents(Boolean.parseBoolean(value));
                case "flag=" -> builder.jvmArgs(value);
                case "TZ=" -> builder.environment("TZ", value);
                case "without=" -> builder.withoutEnvironment(value);
                case "classPath=" -> builder.classPath(value);
                case "directory=" -> builder.directory(Path.of(value));
                case "zone=" -> {
                    TimeZone before = TimeZone.getDefault(); // asked for, as most programs do
                    TimeZone.setDefault(TimeZone.getTimeZone(value));
                    System.out.println("zone before: " + before.getID());
                }
                default -> throw new IllegalArgumentException(argument);
            }
        }
        try (ChildProcess<List<String>> child = builder.start(ReportingParent::report)) {
            child.result().forEach(System.out::println);
        }
        System.out.println("done");
    }

    private static List<String> report() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            lines.add("flag: " + flag);
        }
        new TreeMap<>(System.getenv()).forEach((name, value) -> lines.add(name + ": " + value));
        lines.add("zone: " + TimeZone.getDefault().getID());
        lines.add("class path: " + System.getProperty("java.class.path"));
        boolean asserted = ReportingParent.class.desiredAssertionStatus();
        lines.add("assertions: " + asserted);
        lines.add("agent: " + agentRan);
        lines.add("directory: " + Path.of("").toRealPath());
        return lines;
    }
}
