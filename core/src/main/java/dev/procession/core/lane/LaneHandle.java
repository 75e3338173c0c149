package dev.procession.core.lane;

import java.io.Serializable;

/**
 * An end of a lane on its way to another process. The first process that attaches becomes its
 * holder; a second attempt is refused.
 *
 * @param path the lane's segment
 * @param id the lane's id in the session
 * @param end which end: 0 or 1
 * @param epoch how often the end had moved, this move included
 */
public record LaneHandle(String path, long id, int end, long epoch) implements Serializable {}
