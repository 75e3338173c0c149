package dev.procession.manager.stream;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.EnumSet;
import java.util.Set;

/** Why a connection is not read now. It is read while there is no reason. */
enum ReadPause {
    /** Its client does not read its answers, or has sent many requests ahead. */
    STREAM,
    /** Its next request is large, and has to wait for room. */
    LARGE_FRAME;

    private static final AttributeKey<Set<ReadPause>> REASONS =
            AttributeKey.valueOf(ReadPause.class, "reasons");

    boolean isSet(Channel channel) {
        Set<ReadPause> reasons = channel.attr(REASONS).get();
        return reasons != null && reasons.contains(this);
    }

    /** Begins or ends to be a reason. */
    void set(Channel channel, boolean paused) {
        Set<ReadPause> reasons = channel.attr(REASONS).get();
        if (reasons == null) {
            reasons = EnumSet.noneOf(ReadPause.class);
            channel.attr(REASONS).set(reasons);
        }
        boolean changed = paused ? reasons.add(this) : reasons.remove(this);
        if (changed) {
            channel.config().setAutoRead(reasons.isEmpty());
        }
    }
}
