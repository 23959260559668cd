package io.heartline.gateway.http;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The response to a poll or a long poll. It collects frames until it is full, has caught up, or times out, and then completes.
 * Frames, the timeout and the completion share one thread, so each event is either in the response or after it.
 */
final class PollResponse implements FrameSink {

    /** The timeout of a poll without {@code wait}. A client with a timeout of 15 s receives the frames that were read so far. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The size at which a response is full, so that a client with a slow link receives it before its timeout. */
    private static final int MAX_ANSWER_BYTES = 256 * 1024;

    private final LikesRequest request;
    private final ScheduledExecutorService loop;
    private final MonoSink<byte[]> answer;
    private final List<Frame> hellos = new ArrayList<>(); // of the resource of several authors
    private final List<Frame> frames = new ArrayList<>(); // with events
    private final PollPositions positions = new PollPositions();
    private ScheduledFuture<?> timeout;
    private volatile FrameSource stream; // null until the stream is opened
    private int bytes;
    private boolean recovered = true; // for each author that has had a hello
    private boolean caughtUp;
    private volatile boolean answered;

    private PollResponse(LikesRequest request, ScheduledExecutorService loop, MonoSink<byte[]> answer) {
        this.request = request;
        this.loop = loop;
        this.answer = answer;
    }

    /**
     * Returns the response's body, {@code {"frames":[…],"position":"…","more":false,"recovered":true}} in UTF-8. For several
     * authors, the frames begin with each {@code hello}, and {@code position} is a list.
     *
     * @param frames the stream, which the poll starts and cancels
     * @param request the request of the poll
     * @param loop the single thread that receives frames and completes the response
     * @return the body; fails with a {@link StreamRefusedException} if the stream ends before the first frame
     */
    static Mono<byte[]> of(FrameStream frames, LikesRequest request, ScheduledExecutorService loop) {
        return Mono.create(answer -> {
            PollResponse poll = new PollResponse(request, loop, answer);
            answer.onDispose(poll::cancel);
            loop.execute(() -> {
                Duration limit = request.isLongPoll() ? request.maxWait() : TIMEOUT;
                poll.timeout = loop.schedule(poll::onTimeout, limit.toMillis(), TimeUnit.MILLISECONDS);
                frames.attach(poll);
            });
        });
    }

    @Override
    public Executor eventLoop() {
        return loop;
    }

    @Override
    public void opened(FrameSource source) {
        stream = source;
        if (answered) {
            source.cancel();
        }
    }

    /** Takes the frames of a batch until the response is full. */
    @Override
    public void write(List<Frame> batch) {
        if (answered) {
            return;
        }
        for (Frame frame : batch) {
            if (isFull()) {
                positions.exclude(frame);
            } else {
                add(frame);
            }
        }
        if (isFull()) {
            answer();
        }
    }

    private void add(Frame frame) {
        positions.include(frame);
        switch (frame.kind()) {
            case hello -> {
                recovered &= frame.recovered();
                if (request.followRequest().namesAuthors()) {
                    hellos.add(frame);
                }
            }
            case like, digest -> {
                frames.add(frame);
                bytes += frame.jsonLength();
            }
            default -> {}
        }
    }

    private boolean isFull() {
        return frames.size() == request.limit() || bytes >= MAX_ANSWER_BYTES;
    }

    @Override
    public void caughtUp() {
        caughtUp = true;
        flush();
    }

    /** Called after all frames that are available now. */
    @Override
    public void flush() {
        if (!answered && caughtUp && (!frames.isEmpty() || !request.isLongPoll())) {
            answer();
        }
    }

    private void onTimeout() {
        if (answered) {
            return;
        }
        if (positions.isEmpty()) { // Kafka has not answered yet whether the stream can resume
            answered = true;
            answer.error(StreamRefusedException.logLost());
            return;
        }
        if (!caughtUp && frames.isEmpty()) {
            stream.sendDigest(); // otherwise the next poll reads the same records from Kafka again
        }
        if (!answered) {
            answer();
        }
    }

    private void answer() {
        PositionList position = positions.next(stream.resumePositions());
        answered = true;
        byte[] json = json(position);
        stream.cancel(); // otherwise it sends more frames
        answer.success(json);
    }

    private byte[] json(PositionList position) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        Stream.concat(hellos.stream(), frames.stream())
                .forEach(frame -> array.add(frame.json().toString(StandardCharsets.UTF_8)));
        boolean more = !caughtUp || positions.hasExcluded();
        return ("{\"frames\":" + array + ",\"position\":\"" + position + "\",\"more\":" + more + ",\"recovered\":"
                        + recovered + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close(Throwable why) {
        if (!answered && !frames.isEmpty()) {
            answer();
        } else if (!answered) {
            answered = true;
            answer.error(why instanceof StreamClosedException closed ? StreamRefusedException.of(closed) : why);
        }
    }

    /** Called after the response was completed or the client has disconnected. Any thread may call. */
    private void cancel() {
        loop.execute(() -> {
            answered = true;
            timeout.cancel(false);
            if (stream != null) {
                stream.cancel();
            }
        });
    }

    @Override
    public int writableFrames() {
        return Integer.MAX_VALUE;
    }

    @Override
    public long unreadBytes() {
        return 0;
    }

    @Override
    public long lastHeard() {
        return System.nanoTime();
    }
}
