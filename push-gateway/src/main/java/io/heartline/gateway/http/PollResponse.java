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
 * A poll or a long poll: collects frames until it is full, has caught up, or times out, and then answers. Frames, the timeout and
 * the answer share one thread, so an event comes either before the answer, and is in it, or after it.
 */
final class PollResponse implements FrameSink {

    /** Without {@code wait}; a client that gives up after 15 s receives what was read so far. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** A client with a slow link must get through it before it gives up. */
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
     * Returns the answer's body, {@code {"frames":[…],"position":"…","more":false,"recovered":true}} in UTF-8.
     *
     * @param loop the one thread on which frames are received and the answer is given
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

    /** Called after the frames that there are for now. */
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
        if (position == null) { // Kafka is still being asked whether the stream can go on from where it was
            answered = true;
            answer.error(StreamRefusedException.logLost());
            return;
        }
        if (!caughtUp && frames.isEmpty()) {
            stream.sendDigest(); // or the next poll would have to read the same records from Kafka again
        }
        if (!answered) {
            answer();
        }
    }

    private void answer() {
        if (frames.isEmpty()) {
            position = stream.resumePosition(); // spares the next poll from reading up to there
        }
        answered = true;
        byte[] json = json();
        stream.cancel(); // or it would send the rest first
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

    /** Called when the answer was given, or the client has left. Any thread may call. */
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
