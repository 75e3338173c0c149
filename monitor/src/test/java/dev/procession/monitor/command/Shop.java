package dev.procession.monitor.command;

import dev.procession.core.life.Session;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;

/**
 * A program with a pool of three workers: one task hangs until it is cancelled or its worker dies,
 * two more as well if the argument says so; short ones come all the time, and some of them fail.
 */
final class Shop {

    private Shop() {}

    @SuppressWarnings("FutureReturnValueIgnored") // the monitor looks at these tasks
    public static void main(String[] args) throws Exception {
        boolean twice = args.length > 0 && args[0].equals("twice");
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(3).name("shop").build()) {
            TaskFuture<Void> hung = pool.submit(Shop::hang, named("hung", 0));
            if (twice) {
                pool.submit(Shop::hang, named("twin", 0));
                pool.submit(Shop::hang, named("twin", 0));
            } else {
                pool.submit(Shop::hang, named("again", 1));
            }
            hung.whenComplete(
                    (nothing, failure) ->
                            System.out.println(
                                    "hung: "
                                            + (hung.isCancelled()
                                                    ? "cancelled"
                                                    : String.valueOf(failure))));
            System.out.println("home: " + Session.current().home());
            while (true) {
                if (!twice) {
                    TaskFuture<Void> bad = pool.submit(Shop::fail, named("bad", 0));
                    Throwable unused = bad.handle((nothing, failure) -> failure).join();
                }
                Thread.sleep(20);
            }
        }
    }

    private static TaskOptions named(String name, int retries) {
        return TaskOptions.builder().name(name).retries(retries).build();
    }

    static void hang() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }

    static void fail() {
        throw new IllegalStateException("out of stock");
    }
}
