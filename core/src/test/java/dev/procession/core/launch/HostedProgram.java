package dev.procession.core.launch;

import dev.procession.core.ChildProcess;

/** The program that {@link HostOfLoaders} runs. */
public final class HostedProgram {

    private HostedProgram() {}

    /** The kind of loader, and the class path. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("silent")) {
            try {
                ChildProcess.start(() -> 42).close();
            } catch (IllegalStateException e) {
                System.out.println("refused: " + e);
            }
            try (ChildProcess<Integer> child =
                    ChildProcess.builder().classPath(args[1]).start(() -> 42)) {
                System.out.println("named: " + child.result());
            }
        } else {
            try (ChildProcess<Integer> child = ChildProcess.start(() -> 42)) {
                System.out.println("child: " + child.result());
            }
        }
    }
}
