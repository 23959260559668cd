package io.heartline.gateway.stream;

/** A stream of frames that starts when a sink is attached to it. */
@FunctionalInterface
public interface FrameStream {

    /**
     * Opens a connection that sends its frames to the sink.
     *
     * @param sink the receiver; attached to this stream only
     */
    void attach(FrameSink sink);
}
