package dev.procession.bench.rival.pipe;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.rival.RivalNames;
import dev.procession.pipe.Connection;
import dev.procession.pipe.PipeOptions;
import java.io.Serializable;

/** A record of five fields to a child process, which sends it back: in microseconds. */
public final class PipeRecordRival extends PipeChildRival<PipeRecordRival.Order> {

    /** The record that the Python script sends as a data class. */
    record Order(long id, String article, int count, double price, boolean urgent)
            implements Serializable {}

    public PipeRecordRival() {
        super(RivalNames.PROCESSION, PipeOptions.DEFAULT, PipeRecordRival::echo);
    }

    private static void echo(Connection<Order> connection) throws InterruptedException {
        while (true) {
            connection.send(connection.receive());
        }
    }

    @Override
    Figure measure(Connection<Order> ours, int amount) throws Exception {
        return Latencies.of(
                amount,
                number -> {
                    Order order = new Order(number, "broom", 2, 9.75, true);
                    ours.send(order);
                    if (!order.equals(ours.receive())) {
                        throw new IllegalStateException("a wrong answer: number=" + number);
                    }
                });
    }
}
