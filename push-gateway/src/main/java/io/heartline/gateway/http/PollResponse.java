package io.heartline.gateway.http;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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
    private final List<Frame> frames = new ArrayList<>();
    private ScheduledFuture<?> timeout;
    private volatile FrameSource stream; // null until the stream is opened
    private int bytes;
    private Position position;
    private boolean recovered;
    private boolean caughtUp;
    private volatile boolean answered;

    private PollResponse(LikesRequest request, ScheduledExecutorService loop, MonoSink<byte[]> answer) {
        this.request = request;
        this.loop = loop;
        this.answer = answer;
    }

    /**
     * Returns the response's body, {@code {"frames":[…],"position":"…","more":false,"recovered":true}} in UTF-8.
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
                Duration limit = poll.isLongPoll() ? request.maxWait() : TIMEOUT;
                poll.timeout = loop.schedule(poll::onTimeout, limit.toMillis(), TimeUnit.MILLISECONDS);
                frames.attach(poll);
            });
        });
    }

    private boolean isLongPoll() {
        return request.maxWait() != null && !request.maxWait().isZero();
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

    @Override
    public void write(List<Frame> batch) {
        batch.forEach(this::add);
    }

    private void add(Frame frame) {
        if (answered || frame.position() == null) {
            return;
        }
        position = frame.position();
        switch (frame.kind()) {
            case hello -> recovered = position.equals(request.after());
            case like, digest -> {
                frames.add(frame);
                bytes += frame.jsonLength();
            }
            case position, heartbeat -> {}
        }
        if (isFull()) {
            answer();
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
        if (!answered && caughtUp && (!frames.isEmpty() || !isLongPoll())) {
            answer();
        }
    }

    private void onTimeout() {
        if (answered) {
            return;
        }
        if (position == null) { // Kafka has not answered yet whether the stream can resume
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
        if (frames.isEmpty()) {
            position = stream.resumePosition(); // the next poll need not read the records up to it
        }
        answered = true;
        byte[] json = json();
        stream.cancel(); // otherwise it sends more frames
        answer.success(json);
    }

    private byte[] json() {
        StringBuilder json = new StringBuilder("{\"frames\":[");
        for (Frame frame : frames) {
            json.append(json.charAt(json.length() - 1) == '[' ? "" : ",")
                    .append(frame.json().toString(StandardCharsets.UTF_8));
        }
        json.append("],\"position\":\"").append(position);
        json.append("\",\"more\":").append(!caughtUp);
        json.append(",\"recovered\":").append(recovered).append('}');
        return json.toString().getBytes(StandardCharsets.UTF_8);
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
