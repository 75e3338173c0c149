package dev.procession.manager.stream;

import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.Event;
import dev.procession.manager.wire.FrameKind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;

/**
 * The events that one client has not read. Of a client that is too slow for them, further events
 * are dropped; when it has read half of the others, it gets one that says so. Used by the server's
 * thread alone.
 */
final class UnreadEvents {

    /** An event that concerns all watches of a client. */
    private static final Event MISSED = Event.newBuilder().setChange(Change.MISSED_ENTRIES).build();

    private final FrameWriter writer;
    private final ServerBounds bounds;
    private final ServerStats stats;
    private long bytes;
    private int count;
    private boolean missed;

    UnreadEvents(FrameWriter writer, ServerBounds bounds, ServerStats stats) {
        this.writer = writer;
        this.bounds = bounds;
        this.stats = stats;
    }

    /** Whether the next event would be dropped, so that it need not be made. */
    boolean isMissing() {
        return missed;
    }

    /** Sends an event, or drops it. */
    void send(Channel channel, Event event) {
        long cost = ServerStats.costOfUnread(event);
        missed |=
                count >= ServerBounds.MAX_EVENTS
                        || !ServerBounds.isWithin(
                                bytes + cost,
                                bytes == 0 ? Long.MAX_VALUE : bounds.eventBytes(),
                                stats.eventBytes() + cost,
                                bounds.allEventBytes());
        if (!missed) {
            write(channel, event, cost);
        } else if (count == 0) {
            tellMissed(channel); // no event that is read later can do it
        }
    }

    private void write(Channel channel, Event event, long cost) {
        count++;
        count(cost);
        ChannelPromise read = channel.newPromise();
        writer.write(channel, FrameKind.EVENT, event, read);
        read.addListener(
                written -> {
                    count--;
                    count(-cost);
                    if (missed
                            && bytes <= bounds.eventBytes() / 2
                            && count <= ServerBounds.MAX_EVENTS / 2) {
                        tellMissed(channel);
                        writer.flush();
                    }
                });
    }

    private void tellMissed(Channel channel) {
        missed = false;
        if (channel.isActive()) { // after a new connection the client knows it
            write(channel, MISSED, ServerStats.costOfUnread(MISSED));
        }
    }

    private void count(long more) {
        bytes += more;
        stats.events(more);
    }
}
