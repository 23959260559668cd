package io.heartline.gateway.stream;

import org.jspecify.annotations.Nullable;

/** A connection, as its {@link FrameSink} uses it. */
public interface FrameSource {

    /** Called when the sink has become writable, or full. Sends the available frames. Any thread may call. */
    void wake();

    /** Ends the connection because the client has left. The sink receives no further frame. Any thread may call. */
    void cancel();

    /**
     * Ends the connection from the server's side: sends the last frames, then calls {@link FrameSink#close}. Without effect if the
     * connection has ended. Any thread may call.
     *
     * @param why the reason, with its close code
     */
    void end(StreamClosedException why);

    /**
     * Sends the pending digest, whether or not its interval has ended. The caller is on the event loop.
     *
     * @return whether there was a digest
     */
    boolean sendDigest();

    /**
     * Returns the positions up to which the client has been sent everything. The caller is on the event loop.
     *
     * @return the position of each partition, inclusive, after which the client can resume; null without authors
     */
    @Nullable
    PositionList resumePositions();
}
