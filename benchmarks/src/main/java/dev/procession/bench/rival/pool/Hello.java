package dev.procession.bench.rival.pool;

/** The least that a JVM can be started for. */
public final class Hello {

    private Hello() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        System.out.println("Hello");
    }
}
