package io.heartline.gateway.stream;

import io.heartline.events.Position;

/** One connection, as its {@link FrameSink} uses it. */
public interface FrameSource {

    /** Called when the sink is writable again. Sends the frames that there are. Any thread may call. */
    void wake();

    /** Ends the connection because the client has left. The sink receives no further frame. Any thread may call. */
    void cancel();

    /**
     * Ends the connection from the server's side: sends what is due, then calls {@link FrameSink#close}. Without effect if the
     * connection has ended. Any thread may call.
     */
    void end(StreamClosedException why);

    /**
     * Sends the pending digest, whether or not its interval has ended. The caller is on the event loop.
     *
     * @return whether there was a digest
     */
    boolean sendDigest();

    /** Returns the position up to which the client has been sent everything. The caller is on the event loop. */
    Position resumePosition();
}
