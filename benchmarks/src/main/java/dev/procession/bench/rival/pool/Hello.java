package dev.procession.bench.rival.pool;

/** The smallest program that a JVM can run. */
public final class Hello {

    private Hello() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        System.out.println("Hello");
    }
}
