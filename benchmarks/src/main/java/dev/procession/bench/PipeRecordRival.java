package dev.procession.bench;

import dev.procession.pipe.Connection;
import dev.procession.pipe.PipeOptions;
import java.io.Serializable;

/** A record of five fields to a child process, which sends it back: in microseconds. */
final class PipeRecordRival extends PipeChildRival<PipeRecordRival.Order> {

    /** What Python sends as a data class. */
    record Order(long id, String article, int count, double price, boolean urgent)
            implements Serializable {}

    PipeRecordRival() {
        super(Catalogue.PROCESSION, PipeOptions.DEFAULT, PipeRecordRival::echo);
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
