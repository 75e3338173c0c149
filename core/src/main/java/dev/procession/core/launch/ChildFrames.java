package dev.procession.core.launch;

import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameLink;
import dev.procession.core.link.FrameType;
import java.io.IOException;

/**
 * Passes the frames of one child on, on the link server's thread.
 *
 * @param result receives its result
 * @param stacks receives its answers to questions for a stack
 */
record ChildFrames(ResultReceiver result, StackRequests stacks) implements FrameLink.Listener {

    @Override
    public void received(Frame frame) throws IOException {
        if (frame.type() == FrameType.STACK) {
            stacks.answered(frame.payload());
        } else {
            result.received(frame);
        }
    }

    @Override
    public void ended() {
        stacks.linkEnded();
    }
}
