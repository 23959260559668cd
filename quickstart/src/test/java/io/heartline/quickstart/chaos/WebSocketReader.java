package io.heartline.quickstart.chaos;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tools.jackson.databind.json.JsonMapper;

/** Reads a follower's frames over a WebSocket. */
final class WebSocketReader implements WebSocket.Listener {

    private static final Duration HANDSHAKE = Duration.ofSeconds(15);

    private final Follower.Stream stream;
    private final StringBuilder partial = new StringBuilder();

    private CompletableFuture<WebSocket> sending;

    WebSocketReader(Follower.Stream stream) {
        this.stream = stream;
    }

    Runnable open(HttpClient http, URI likes, String after) {
        CompletableFuture<WebSocket> opening = http.newWebSocketBuilder()
                .connectTimeout(HANDSHAKE)
                .buildAsync(after == null ? likes : Route.withParameter(likes, "after", after), this);
        opening.whenComplete((open, failure) -> {
            if (failure != null) {
                stream.connectionLost();
            }
        });
        sending = opening;
        stream.sendBy(this::send);
        return () -> opening.thenAccept(WebSocket::abort); // now, or when it is open
    }

    /** Sends a message after the previous ones. If that fails, reading fails, too. */
    private synchronized void send(String message) {
        sending = sending.thenCompose(open -> open.sendText(message, true));
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
        partial.append(data);
        if (isLast) {
            stream.frame(JsonMapper.shared().readTree(partial.toString()));
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        stream.recordActivity();
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        stream.connectionLost();
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        stream.connectionLost();
    }
}
