package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.ActiveLog.Start;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A client's stream of its authors' frames. Its authors can change after it has opened. All methods but {@link #attach} and {@link
 * #opened} require that, and are called on the event loop of the sink.
 */
public final class LikeStream implements FrameStream {

    private final ActiveLog log;
    private final FollowRequest request;
    private final StartPoint start;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private volatile Connection connection; // null until it has opened

    LikeStream(ActiveLog log, FollowRequest request, StartPoint start) {
        this.log = log;
        this.request = request;
        this.start = start;
    }

    @Override
    public void attach(FrameSink sink) {
        log.findStarts(request, start).whenComplete((starts, e) -> {
            if (e != null) {
                sink.eventLoop().execute(() -> sink.close(StreamClosedException.replayFailed(e)));
                return;
            }
            connection = open(request, starts, sink, log.connections());
            if (connection != null) {
                sink.eventLoop().execute(() -> opened.complete(null));
            }
        });
    }

    /**
     * Opens a connection.
     *
     * @return the connection; null if it cannot open, for example because a partition has failed, and the sink is closed
     */
    static @Nullable Connection open(
            FollowRequest request, List<Start> starts, FrameSink sink, Connections connections) {
        Connection connection = new Connection(request, sink, connections);
        try {
            connection.subscribed().start(starts);
        } catch (RuntimeException | Error e) { // a partition has failed, or no memory
            connection.cancel();
            sink.eventLoop().execute(() -> sink.close(e));
            return null;
        }
        connection.start();
        return connection;
    }

    /**
     * Returns the opening of the stream.
     *
     * @return completes on the event loop when the stream has opened; never if it could not open
     */
    public CompletionStage<Void> opened() {
        return opened;
    }

    /**
     * Returns the authors that are followed now.
     *
     * @return the authors, in no order
     */
    public Set<String> authors() {
        return connection.subscribed().names();
    }

    /**
     * Adds an author. The author's {@code hello} follows, then {@code position} with the author once the author has joined the
     * others of its partition.
     *
     * @param author an author that is not followed; the caller has checked the maximum number of authors
     * @param from where the author's events start; has at most one position
     * @return completes when the {@code hello} was written, or the stream has ended; fails with {@link StreamRefusedException} or
     *     another exception if the log cannot be read now
     * @throws ForeignPositionException if the position is of another author's partition
     * @throws StreamRefusedException while the author's partition cannot be read
     */
    public CompletionStage<Void> follow(String author, StartPoint from) {
        FollowRequest one =
                new FollowRequest(List.of(author), true, request.posts(), request.digestInterval(), request.caller());
        log.check(one.authors(), from);
        return log.findStarts(one, from)
                .thenComposeAsync(
                        starts -> {
                            if (connection.isClosed()) {
                                return CompletableFuture.completedStage(null);
                            }
                            try {
                                CompletionStage<Void> written =
                                        connection.subscribed().follow(starts.get(0));
                                connection.wakeOnLoop();
                                return written;
                            } catch (StreamClosedException failed) {
                                throw StreamRefusedException.of(failed);
                            }
                        },
                        connection.eventLoop());
    }

    /**
     * Removes an author. The pending digest, if there is one, and {@code unfollowed} follow, and no later frame of the author.
     *
     * @param author the author
     * @return completes when {@code unfollowed} was written, or the stream has ended; null, without a frame, if the author is not
     *     followed
     */
    public @Nullable CompletionStage<Void> unfollow(String author) {
        CompletionStage<Void> written = connection.subscribed().unfollow(author);
        connection.wakeOnLoop();
        return written;
    }

    /**
     * Sends a frame that answers a message of the client, after all frames that were sent before.
     *
     * @param frame the answer
     * @return completes when the frame was written, which waits until the client reads; completes, too, when the stream has ended
     */
    public CompletionStage<Void> answer(Frame frame) {
        CompletionStage<Void> written = connection.subscribed().answer(frame);
        connection.wakeOnLoop();
        return written;
    }

    /**
     * Moves the end of the caller's token.
     *
     * @param expiresIn the time until the token expires; null if it does not expire
     */
    public void extend(@Nullable Duration expiresIn) {
        connection.extend(expiresIn);
    }
}
