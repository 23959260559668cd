package io.heartline.gateway;

import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A stream read as a question: what has there been since, or, for a while, whatever comes next. */
final class Poll {

    private final LikesRequest request;
    private final List<Frame> frames = new ArrayList<>();
    private Position position;
    private boolean recovered;
    private boolean caughtUp;

    private Poll(LikesRequest request) {
        this.request = request;
    }

    /** The answer's body: {@code {"frames":[…],"position":"…","more":false,"recovered":true}} in UTF-8. */
    static Mono<byte[]> of(Flux<Frame> stream, LikesRequest request) {
        return Mono.defer(() -> {
            Poll poll = new Poll(request);
            Thread asking = Thread.currentThread();
            Flux<Frame> read = stream.doOnNext(poll::take).takeUntil(frame -> poll.isAnswered());
            Mono<byte[]> answer = Mono.fromSupplier(poll::json);
            return (poll.isLong() ? read.take(request.hold()) : read)
                    .then(Mono.defer(() -> Thread.currentThread() == asking
                            ? answer
                            : answer.subscribeOn(Schedulers.parallel()))); // the log's thread has others to tell
        });
    }

    private boolean isLong() {
        return request.hold() != null && !request.hold().isZero();
    }

    private void take(Frame frame) {
        switch (frame.kind()) {
            case hello -> recovered = frame.position().equals(request.after());
            case like, digest -> frames.add(frame);
            case caughtUp -> caughtUp = true;
            case position, heartbeat -> {}
        }
        if (frame.position() != null) {
            position = frame.position();
        }
    }

    private boolean isAnswered() {
        return isFull() || caughtUp && (!frames.isEmpty() || !isLong());
    }

    private boolean isFull() {
        return frames.size() == request.limit();
    }

    /** @throws RefusedException if Kafka was still being asked whether the stream can go on from where it was */
    private byte[] json() {
        if (position == null) {
            throw RefusedException.logLost();
        }
        StringBuilder json = new StringBuilder("{\"frames\":[");
        for (Frame frame : frames) {
            json.append(json.charAt(json.length() - 1) == '[' ? "" : ",")
                    .append(frame.json().toString(StandardCharsets.UTF_8));
        }
        json.append("],\"position\":\"").append(position);
        json.append("\",\"more\":").append(isFull() && !caughtUp);
        json.append(",\"recovered\":").append(recovered).append('}');
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
