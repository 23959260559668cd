package io.heartline.quickstart.chaos;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscription;
import tools.jackson.databind.json.JsonMapper;

/** Reads a follower's frames as server-sent events, line by line as the HTML standard specifies. */
final class EventStreamReader implements Flow.Subscriber<String> {

    private static final Duration HEAD = Duration.ofSeconds(15);

    private final Follower.Stream stream;
    private final CompletableFuture<Subscription> lines = new CompletableFuture<>();
    private final StringBuilder data = new StringBuilder();
    private String id = "";

    EventStreamReader(Follower.Stream stream) {
        this.stream = stream;
    }

    Runnable open(HttpClient http, URI likes, String after) {
        HttpRequest.Builder request = HttpRequest.newBuilder(likes)
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(HEAD)
                .header("Accept", "text/event-stream");
        if (after != null) {
            request.header("Last-Event-ID", after);
        }
        // a refusal also has lines, of which none is an event. Its end is the end of this connection
        http.sendAsync(request.build(), BodyHandlers.fromLineSubscriber(this)).whenComplete((answer, failure) -> {
            if (failure != null) {
                stream.connectionLost();
            }
        });
        return () -> lines.thenAccept(Subscription::cancel); // now, or when the answer arrives
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
        lines.complete(subscription);
    }

    @Override
    public void onNext(String line) {
        stream.recordActivity();
        if (line.isEmpty()) {
            dispatch();
        } else if (line.startsWith("data:")) {
            data.append(line.substring("data:".length())).append('\n');
        } else if (line.startsWith("id:")) {
            id = line.substring("id:".length()).strip();
        }
    }

    /** Handles an event, and moves the follower to its id. An id without data is not an event, but moves the follower, too. */
    private void dispatch() {
        if (!data.isEmpty()) {
            stream.frame(JsonMapper.shared().readTree(data.toString()));
        }
        if (!id.isEmpty()) {
            stream.positions(id);
        }
        data.setLength(0);
        id = "";
    }

    @Override
    public void onError(Throwable failure) {
        stream.connectionLost();
    }

    @Override
    public void onComplete() {
        stream.connectionLost();
    }
}
