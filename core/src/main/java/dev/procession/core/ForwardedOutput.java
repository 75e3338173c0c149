package dev.procession.core;

/** Prints a child's lines here; no lambda, which takes milliseconds of a cold start. */
enum ForwardedOutput implements ProcessOutput {
    INSTANCE;

    @Override
    public void line(String process, Stream stream, String line) {
        (stream == Stream.OUT ? System.out : System.err).println("[" + process + "] " + line);
    }
}
