package io.heartline.gateway.stream;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * The receiver of one connection's frames: a channel writer, a poll response, or a test. Its methods are called on its event
 * loop unless they state otherwise. The calls are {@link #opened}, then {@link #write} and {@link #flush} any number of times,
 * then at most once {@link #close}. If the stream cannot be opened, {@link #close} is the only call.
 */
public interface FrameSink {

    /**
     * Returns the executor that calls this sink, one task at a time. Any thread may call.
     *
     * @return the same executor for each call
     */
    Executor eventLoop();

    /**
     * Called once, before any frame, and possibly on another thread than the event loop.
     *
     * @param source the connection that sends the frames
     */
    void opened(FrameSource source);

    /**
     * Returns how many frames may be written now. Any thread may call.
     *
     * @return the number of frames; 0 while the client does not read
     */
    int writableFrames();

    /**
     * Writes frames that leave together.
     *
     * @param frames at least one
     */
    void write(List<Frame> frames);

    /** Sends the written frames to the client. Called after the last frame that is available now. */
    void flush();

    /** Called after the frames with which the client has everything that it missed. */
    default void caughtUp() {}

    /**
     * Ends the stream from the server's side. This is the last call.
     *
     * @param why a {@link StreamClosedException} with its close code, or any other exception or error for a defect
     */
    void close(Throwable why);

    /**
     * Returns how many bytes were written and have not left the process. Any thread may call.
     *
     * @return the number of bytes
     */
    long unreadBytes();

    /**
     * Returns when the client last gave a sign of life. Any thread may call.
     *
     * @return nanoseconds by {@link System#nanoTime()}; the present if the transport has no signs of life
     */
    long lastHeard();
}
