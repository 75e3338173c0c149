package dev.procession.monitor.command;

import dev.procession.queue.Lease;
import dev.procession.queue.ProcessQueue;

/**
 * A program with two queues, of which one has the name of its argument. With a second argument it
 * opens the queue with the name and leases an element instead.
 */
final class Desk {

    private Desk() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 1) {
            ProcessQueue<String> letters = ProcessQueue.open(args[0]);
            Lease<String> lease = letters.takeLeased();
            System.out.println("leased: " + lease.element());
            Thread.sleep(Long.MAX_VALUE);
        }
        ProcessQueue<String> letters = ProcessQueue.builder().name(args[0]).capacity(20).build();
        for (int i = 0; i < 7; i++) {
            letters.put("letter " + i);
        }
        ProcessQueue<String> stamps = ProcessQueue.create(1);
        stamps.put("stamp");
        System.out.println("ready: ");
        stamps.put("more"); // there is no room
    }
}
