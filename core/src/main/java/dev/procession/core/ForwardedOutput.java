package dev.procession.core;

/**
 * Prints a child's lines to this process's streams. A lambda would slow a cold start by
 * milliseconds.
 */
enum ForwardedOutput implements ProcessOutput {
    INSTANCE;

    @Override
    public void line(OutputLine line) {
        print(line.stream(), line.toString());
    }

    @Override
    public void line(String process, Stream stream, String line) {
        print(stream, "[" + process + "] " + line);
    }

    private static void print(Stream stream, String line) {
        (stream == Stream.OUT ? System.out : System.err).println(line);
    }
}
