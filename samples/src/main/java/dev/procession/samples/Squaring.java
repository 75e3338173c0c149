package dev.procession.samples;

import dev.procession.core.SerializableCallable;

/** A task that any pool can run, in this process or another. */
record Squaring(int number) implements SerializableCallable<Integer> {

    @Override
    public Integer call() {
        return SameCode.square(number);
    }
}
