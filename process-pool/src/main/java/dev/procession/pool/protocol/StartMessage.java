package dev.procession.pool.protocol;

import dev.procession.core.lane.LaneHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a worker gets from its parent when it starts.
 *
 * <pre>
 *     int     index of the worker in its pool
 *     long    id of the lane
 *     int     end of the lane that is the worker's
 *     long    epoch of the lane
 *     int     length of the path
 *     bytes   path of the lane, UTF-8
 *     bytes   {@link WorkerSetup}, encoded, up to the end; none if there is nothing to set up
 * </pre>
 *
 * @param index the worker's place in its pool
 * @param lane the worker's end of its lane
 * @param setup what it does before its first task, encoded
 */
public record StartMessage(int index, LaneHandle lane, ByteBuffer setup) {

    /** Encodes a start message. */
    public static byte[] encode(int index, LaneHandle lane, byte[] setup) {
        byte[] path = lane.path().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + 8 + 4 + 8 + 4 + path.length + setup.length)
                .putInt(index)
                .putLong(lane.id())
                .putInt(lane.end())
                .putLong(lane.epoch())
                .putInt(path.length)
                .put(path)
                .put(setup)
                .array();
    }

    /** Decodes what {@link #encode} has made. */
    public static StartMessage decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int index = in.getInt();
        long id = in.getLong();
        int end = in.getInt();
        long epoch = in.getLong();
        byte[] path = new byte[in.getInt()];
        in.get(path);
        String name = new String(path, StandardCharsets.UTF_8);
        return new StartMessage(index, new LaneHandle(name, id, end, epoch), in);
    }
}
