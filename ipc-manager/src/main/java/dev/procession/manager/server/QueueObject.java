package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.QueuePutBack;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue. The request that has waited longest is served first. A leased element keeps its
 * place in the capacity, and returns to the head when its client ends.
 */
final class QueueObject implements SharedObject {

    /** The most bytes that an element's number takes in a message. */
    private static final int NUMBER_BYTES = 10;

    private final ServerStats stats;
    private final ServerBounds bounds;
    private final long capacity;
    private final Deque<Element> elements = new ArrayDeque<>();
    private final Map<Client, TreeMap<Long, Element>> leased = new HashMap<>();
    private final Deque<Call> takers = new ArrayDeque<>();
    private final Deque<Call> givers = new ArrayDeque<>();
    private long leases;
    private long nextNumber;

    private record Element(long number, ByteString value) {}

    QueueObject(ServerStats stats, ServerBounds bounds, ServerNumbers numbers, long capacity) {
        this.stats = stats;
        this.bounds = bounds;
        this.capacity = capacity;
        this.nextNumber = numbers.first();
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getBodyCase()) {
            case QUEUE -> handleElements(call);
            case COLLECTION -> handleWhole(call);
            default -> SharedObject.refuse(call);
        }
    }

    private void handleElements(Call call) {
        switch (call.request().getQueue().getBodyCase()) {
            case OFFER -> offer(call);
            case POLL, LEASE_TAKE -> poll(call);
            case PEEK -> {
                Element head = elements.peek();
                Response.Builder response = Response.newBuilder();
                call.answer(head == null ? response : response.setValue(head.value));
            }
            case PUT_BACK -> putBack(call);
            case DRAIN -> drain(call);
            case ELEMENTS -> list(call);
            case REMOVE -> remove(call);
            case LEASE_DONE -> leaseDone(call);
            case LEASE_RETURN -> leaseReturn(call);
            case REMAINING -> call.count(capacity - elements.size() - leases);
            case BODY_NOT_SET -> SharedObject.refuse(call);
        }
    }

    private void handleWhole(Call call) {
        switch (call.request().getCollection().getBodyCase()) {
            case SIZE -> call.count(elements.size());
            case CLEAR -> {
                elements.forEach(element -> count(-1, element));
                elements.clear();
                call.ok();
                serve();
            }
            default -> SharedObject.refuse(call);
        }
    }

    @Override
    public long growth(Request request) {
        return switch (request.getQueue().getBodyCase()) {
            case OFFER -> growth(request.getQueue().getOffer().getValue());
            case PUT_BACK -> growth(request.getQueue().getPutBack().getValue());
            default -> 0;
        };
    }

    private static long growth(ByteString value) {
        return ServerStats.ENTRY_BYTES + value.size();
    }

    /** Takes an element back, also if the queue is full now, and it was taken from another run. */
    private void putBack(Call call) {
        QueuePutBack back = call.request().getQueue().getPutBack();
        if (back.getElement() <= 0 || back.getElement() > nextNumber) {
            call.refuse("there was no such element: number=" + back.getElement());
            return;
        }
        restore(new Element(back.getElement(), back.getValue()));
        call.ok();
        serve();
    }

    private void restore(Element element) {
        count(1, element);
        elements.addFirst(element);
    }

    private void offer(Call call) {
        if (givers.isEmpty() && elements.size() + leases < capacity) {
            add(call);
            serve();
        } else {
            await(call, givers);
        }
    }

    private void add(Call call) {
        Element element =
                new Element(++nextNumber, call.request().getQueue().getOffer().getValue());
        count(1, element);
        elements.add(element);
        call.answer(Response.newBuilder().addElements(element.number));
    }

    private void poll(Call call) {
        if (takers.isEmpty() && !elements.isEmpty()) {
            give(call);
            serve();
        } else {
            await(call, takers);
        }
    }

    private void await(Call call, Deque<Call> queue) {
        if (call.isImpatient()) {
            call.answer(Status.TIMED_OUT);
        } else {
            queue.add(call);
            call.client().involve(this);
            call.park(
                    () -> giveUp(call, queue, Status.TIMED_OUT),
                    () -> giveUp(call, queue, Status.CANCELLED));
        }
    }

    private static void giveUp(Call call, Deque<Call> queue, Status why) {
        if (queue.remove(call)) {
            call.answer(why);
        }
    }

    private void give(Call call) {
        Element element = elements.remove();
        if (call.request().getQueue().hasLeaseTake()) {
            lease(call.client(), element);
        } else {
            count(-1, element);
        }
        call.answer(Response.newBuilder().setValue(element.value).addElements(element.number));
    }

    /** Gives the head to a request that has waited, whose client may not have read what it got. */
    private void giveIfRoom(Call taker) {
        if (taker.stream().hasRoomFor(elements.element().value.size())) {
            give(taker);
        } else {
            taker.fail(taker.stream().noRoom());
        }
    }

    private void lease(Client client, Element element) {
        leased.computeIfAbsent(client, c -> new TreeMap<>()).put(element.number, element);
        leases++;
        client.involve(this);
    }

    /** Serves waiting requests as long as one can be served. */
    private void serve() {
        while (true) {
            if (!takers.isEmpty() && !elements.isEmpty()) {
                giveIfRoom(takers.remove());
            } else if (!givers.isEmpty() && elements.size() + leases < capacity) {
                add(givers.remove());
            } else {
                return;
            }
        }
    }

    private void drain(Call call) {
        Response.Builder response = Response.newBuilder();
        Page page = new Page(bounds.pageBytes());
        for (long n = call.request().getQueue().getDrain().getMaxElements();
                n > 0
                        && !elements.isEmpty()
                        && page.add((long) elements.element().value.size() + NUMBER_BYTES);
                n--) {
            Element element = elements.remove();
            lease(call.client(), element);
            response.addValues(element.value).addElements(element.number);
        }
        call.answer(response.setMore(!elements.isEmpty()));
        serve();
    }

    /**
     * Answers with a page of the elements that follow the last element of the previous page. If
     * that element has gone, so have those before it, and those after it are newer.
     */
    private void list(Call call) {
        Response.Builder response = Response.newBuilder();
        long after = call.request().getQueue().getElements().getAfterElement();
        boolean there = false;
        for (Element element : elements) {
            there |= element.number == after;
        }
        boolean passed = after == 0;
        Page page = new Page(bounds.pageBytes());
        for (Element element : elements) {
            if (!passed && (there || element.number <= after)) {
                passed = element.number == after;
                continue;
            }
            if (!page.add((long) element.value.size() + NUMBER_BYTES)) {
                response.setMore(true);
                break;
            }
            response.addValues(element.value).addElements(element.number);
        }
        call.answer(response);
    }

    private void remove(Call call) {
        call.done(remove(call.request().getQueue().getRemove().getElement()));
        serve();
    }

    private boolean remove(long number) {
        for (Iterator<Element> i = elements.iterator(); i.hasNext(); ) {
            Element element = i.next();
            if (element.number == number) {
                i.remove();
                count(-1, element);
                return true;
            }
        }
        return false;
    }

    @Override
    public void undo(Call call, Response answer) {
        switch (call.request().getQueue().getBodyCase()) {
            case OFFER -> {
                for (long number : answer.getElementsList()) {
                    boolean unused = remove(number);
                }
            }
            case POLL -> {
                for (long number : answer.getElementsList()) {
                    restore(new Element(number, answer.getValue()));
                }
            }
            case LEASE_TAKE, DRAIN ->
                    lastFirst(answer.getElementsList()).forEach(number -> undoLease(call, number));
            default -> {}
        }
        serve();
    }

    /** Reverses numbers, so that their elements return to the head in their order. */
    private static List<Long> lastFirst(List<Long> numbers) {
        List<Long> reversed = new ArrayList<>(numbers);
        Collections.reverse(reversed);
        return reversed;
    }

    private void undoLease(Call call, long number) {
        Element element = endLease(call.client(), number);
        if (element != null) {
            elements.addFirst(element);
        }
    }

    /** Ends a lease and returns its element; null if there is no such lease. */
    private @Nullable Element endLease(Client client, long number) {
        TreeMap<Long, Element> theirs = leased.get(client);
        Element element = theirs == null ? null : theirs.remove(number);
        if (element != null) {
            leases--;
            if (theirs.isEmpty()) {
                leased.remove(client);
            }
        }
        return element;
    }

    private void leaseDone(Call call) {
        boolean all = true;
        for (long number : call.request().getQueue().getLeaseDone().getElementsList()) {
            Element element = endLease(call.client(), number);
            if (element == null) {
                all = false;
            } else {
                count(-1, element);
            }
        }
        leasesEnded(call, all);
    }

    private void leaseReturn(Call call) {
        boolean all = true;
        for (long number :
                lastFirst(call.request().getQueue().getLeaseReturn().getElementsList())) {
            Element element = endLease(call.client(), number);
            if (element == null) {
                all = false;
            } else {
                elements.addFirst(element);
            }
        }
        leasesEnded(call, all);
    }

    private void leasesEnded(Call call, boolean all) {
        call.answer(all ? Status.OK : Status.NOT_OWNER);
        serve();
    }

    private void count(int sign, Element element) {
        stats.entries(sign, (long) sign * element.value.size());
    }

    @Override
    public void clientEnded(Client client) {
        takers.removeIf(call -> call.client() == client);
        givers.removeIf(call -> call.client() == client);
        TreeMap<Long, Element> returned = leased.remove(client);
        if (returned != null) {
            leases -= returned.size();
            List<Element> newestFirst = new ArrayList<>(returned.values());
            Collections.reverse(newestFirst);
            newestFirst.forEach(elements::addFirst);
        }
        serve();
    }
}
