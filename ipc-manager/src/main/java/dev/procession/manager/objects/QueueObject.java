package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.QueuePutBack;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.stream.SharedObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue. The request that has waited longest is served first, unless its client has no
 * room for an answer; if that lasts, the request is refused. A leased element keeps its place in
 * the capacity. What returns, because its client has ended for example, does so in the order of the
 * numbers: before all that came after it.
 */
final class QueueObject extends ForgettableObject {

    /** The most bytes that an element's number takes in a message. */
    private static final int NUMBER_BYTES = 10;

    private final ServerStats stats;
    private final ServerBounds bounds;
    private final ServerNumbers numbers;
    private final long capacity;

    /** Tells it from other queues; one of this name that was forgotten before had the same. */
    private final long id;

    /** By their numbers. */
    private final TreeMap<Long, Element> elements = new TreeMap<>();

    private final Map<Client, TreeMap<Long, Lease>> leased = new HashMap<>();
    private final Takers takers;
    private final Deque<Call> givers = new ArrayDeque<>();

    private long bytes;
    private long leases;
    private long nextNumber;

    private record Element(long number, ByteString value) {}

    /**
     * An element that a client has leased.
     *
     * @param seq the number of the request that leased it
     */
    private record Lease(Element element, long seq) {}

    QueueObject(
            LoopTasks tasks,
            ServerStats stats,
            ServerBounds bounds,
            ServerNumbers numbers,
            String name,
            long capacity) {
        this.takers = new Takers(tasks, this::serve);
        this.stats = stats;
        this.bounds = bounds;
        this.capacity = capacity;
        this.id = idOf(name);
        this.numbers = numbers;
        this.nextNumber = numbers.first();
    }

    int size() {
        return elements.size();
    }

    /** The bytes of the elements, leased ones included. */
    long bytes() {
        return bytes;
    }

    /** How many requests wait for an element or for room. */
    int waiting() {
        return takers.size() + givers.size();
    }

    /** Returns the number of a name; of 2^64 pairs of names one has the same by chance. */
    private static long idOf(String name) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] sum = digest.digest(name.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(sum).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
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
                Response.Builder response = Response.newBuilder();
                call.answer(elements.isEmpty() ? response : response.setValue(head().value));
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
                elements.values().forEach(element -> count(-1, element));
                elements.clear();
                call.ok();
                serve();
            }
            default -> SharedObject.refuse(call);
        }
    }

    @Override
    public long growth(Call call) {
        QueueRequest request = call.request().getQueue();
        return switch (request.getBodyCase()) {
            case OFFER -> growth(request.getOffer().getValue());
            case PUT_BACK ->
                    mayExceed(call.client(), request.getPutBack())
                            ? 0
                            : growth(request.getPutBack().getValue());
            default -> 0;
        };
    }

    /**
     * Whether a client may put an element back although its room may be taken: it has polled the
     * element, and little was put back above the bound before.
     */
    private boolean mayExceed(Client client, QueuePutBack back) {
        return client.polled().has(id, back.getElement(), back.getValue().size())
                && stats.stored() - stats.parkedBytes() <= bounds.putBackBytes();
    }

    private static long growth(ByteString value) {
        return ServerStats.ENTRY_BYTES + HeapBytes.of(value);
    }

    @Override
    public long answerBytes(Request request) {
        QueueRequest queue = request.getQueue();
        return switch (queue.getBodyCase()) {
            case PEEK, POLL, LEASE_TAKE -> elements.isEmpty() ? 0 : head().value.size();
            case DRAIN -> pageBytes(elements, queue.getDrain().getMaxElements());
            case ELEMENTS ->
                    pageBytes(
                            elements.tailMap(queue.getElements().getAfterElement(), false),
                            Long.MAX_VALUE);
            case OFFER, PUT_BACK, REMOVE, LEASE_DONE, LEASE_RETURN, REMAINING, BODY_NOT_SET -> 0;
        };
    }

    /** Returns the bytes of a page that begins with some elements. */
    private long pageBytes(NavigableMap<Long, Element> from, long most) {
        Page page = new Page(bounds.pageBytes());
        long bytes = 0;
        long count = 0;
        for (Element element : from.values()) {
            if (count++ >= most || !page.add((long) element.value.size() + NUMBER_BYTES)) {
                break;
            }
            bytes += element.value.size() + ServerStats.VALUE_BYTES;
        }
        return bytes;
    }

    /** Takes an element back, also if the queue is full now, and it was taken from another run. */
    private void putBack(Call call) {
        QueuePutBack back = call.request().getQueue().getPutBack();
        if (back.getElement() <= 0 || back.getElement() > nextNumber) {
            call.refuse("there was no such element: number=" + back.getElement());
            return;
        }
        if (isHere(back.getElement())) {
            call.refuse("nobody has taken the element: number=" + back.getElement());
            return;
        }
        call.client()
                .polled()
                .remove(id, back.getElement(), call.stream()::forgetGrant); // or it comes twice
        restore(new Element(back.getElement(), back.getValue()));
        call.ok();
        serve();
    }

    /** Whether an element is in the queue, or is leased. */
    private boolean isHere(long number) {
        return elements.containsKey(number)
                || leased.values().stream().anyMatch(theirs -> theirs.containsKey(number));
    }

    private void restore(Element element) {
        count(1, element);
        elements.put(element.number, element);
    }

    /** The first element; there must be one. */
    private Element head() {
        return elements.firstEntry().getValue();
    }

    private Element removeHead() {
        return elements.pollFirstEntry().getValue();
    }

    private void offer(Call call) {
        if (givers.isEmpty() && elements.size() + leases < capacity) {
            add(call);
            serve();
        } else {
            await(call, givers::add, givers::remove);
        }
    }

    private void add(Call call) {
        Element element =
                new Element(++nextNumber, call.request().getQueue().getOffer().getValue());
        count(1, element);
        elements.put(element.number, element);
        call.answer(Response.newBuilder().addElements(element.number));
    }

    private void poll(Call call) {
        boolean first = call.isImpatient() || !takers.has(call.client());
        if (first && !elements.isEmpty()) { // others that wait have no room
            give(call);
            serve();
        } else {
            await(call, takers::add, takers::remove);
        }
    }

    private void await(Call call, Consumer<Call> add, Predicate<Call> remove) {
        if (call.isImpatient()) {
            call.answer(Status.TIMED_OUT);
        } else {
            add.accept(call);
            involve(call.client());
            call.park(
                    () -> giveUp(call, remove, Status.TIMED_OUT),
                    () -> giveUp(call, remove, Status.CANCELLED));
        }
    }

    private static void giveUp(Call call, Predicate<Call> remove, Status why) {
        if (remove.test(call)) {
            call.answer(why);
        }
    }

    private void give(Call call) {
        Element element = removeHead();
        if (call.request().getQueue().hasLeaseTake()) {
            lease(call, element);
        } else {
            count(-1, element);
            call.client()
                    .polled()
                    .add(id, element.number, call.request().getSeq(), element.value.size());
        }
        call.answer(Response.newBuilder().setValue(element.value).addElements(element.number));
    }

    private void lease(Call call, Element element) {
        Lease lease = new Lease(element, call.request().getSeq());
        leased.computeIfAbsent(call.client(), c -> new TreeMap<>()).put(element.number, lease);
        leases++;
        involve(call.client());
    }

    /** Serves waiting requests as long as one can be served. */
    private void serve() {
        while (true) {
            Call taker = elements.isEmpty() ? null : takers.next(HeapBytes.of(head().value));
            if (taker != null && takers.remove(taker)) {
                give(taker);
            } else if (!givers.isEmpty() && elements.size() + leases < capacity) {
                add(givers.remove());
            } else {
                if (elements.isEmpty()) {
                    takers.noElement();
                }
                return;
            }
        }
    }

    private void drain(Call call) {
        Response.Builder response = Response.newBuilder();
        Page page = new Page(bounds.pageBytes());
        for (long n = call.request().getQueue().getDrain().getMaxElements();
                n > 0 && !elements.isEmpty() && page.add((long) head().value.size() + NUMBER_BYTES);
                n--) {
            Element element = removeHead();
            lease(call, element);
            response.addValues(element.value).addElements(element.number);
        }
        call.answer(response.setMore(!elements.isEmpty()));
        serve();
    }

    /** Answers with a page of the elements that follow the last element of the previous page. */
    private void list(Call call) {
        Response.Builder response = Response.newBuilder();
        long after = call.request().getQueue().getElements().getAfterElement();
        Page page = new Page(bounds.pageBytes());
        for (Element element : elements.tailMap(after, false).values()) {
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
        Element element = elements.remove(number);
        if (element != null) {
            count(-1, element);
        }
        return element != null;
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
                    if (!isHere(number)) {
                        restore(new Element(number, answer.getValue()));
                    }
                }
            }
            case LEASE_TAKE, DRAIN ->
                    answer.getElementsList().forEach(number -> undoLease(call, number));
            default -> {}
        }
        serve();
    }

    /** Ends a lease that a request was granted; the client may have another one by now. */
    private void undoLease(Call call, long number) {
        TreeMap<Long, Lease> theirs = leased.get(call.client());
        Lease lease = theirs == null ? null : theirs.get(number);
        if (lease != null && lease.seq == call.request().getSeq()) {
            boolean unused = returnLease(call.client(), number);
        }
    }

    /** Ends a lease and puts its element back; returns false if there is no such lease. */
    private boolean returnLease(Client client, long number) {
        Element element = endLease(client, number);
        if (element != null) {
            elements.put(number, element);
        }
        return element != null;
    }

    /** Ends a lease and returns its element; null if there is no such lease. */
    private @Nullable Element endLease(Client client, long number) {
        TreeMap<Long, Lease> theirs = leased.get(client);
        Lease lease = theirs == null ? null : theirs.remove(number);
        if (lease == null) {
            return null;
        }
        leases--;
        if (theirs.isEmpty()) {
            leased.remove(client);
        }
        return lease.element;
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
        for (long number : call.request().getQueue().getLeaseReturn().getElementsList()) {
            all &= returnLease(call.client(), number);
        }
        leasesEnded(call, all);
    }

    private void leasesEnded(Call call, boolean all) {
        call.answer(all ? Status.OK : Status.NOT_OWNER);
        serve();
    }

    private void count(int sign, Element element) {
        long change = sign * HeapBytes.of(element.value);
        bytes += change;
        stats.entries(sign, change);
    }

    @Override
    boolean isAsNew() {
        return elements.isEmpty() && leased.isEmpty() && givers.isEmpty() && takers.isEmpty();
    }

    @Override
    void forgotten() {
        super.forgotten();
        numbers.used(nextNumber);
    }

    @Override
    void release(Client client) {
        takers.remove(client);
        givers.removeIf(call -> call.client() == client);
        TreeMap<Long, Lease> returned = leased.remove(client);
        if (returned != null) {
            leases -= returned.size();
            returned.forEach((number, lease) -> elements.put(number, lease.element));
        }
        serve();
    }
}
