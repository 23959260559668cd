package io.heartline.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A simple WebSocket client of the JDK. */
public final class WebSocketClient implements WebSocket.Listener {

    /** {@link #next()} returns this prefix and the close code after the server has closed. */
    public static final String CLOSED = "closed with ";

    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    public WebSocket socket;

    public static WebSocketClient of(String url) throws Exception {
        WebSocketClient frames = new WebSocketClient();
        frames.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(url), frames)
                .get(30, TimeUnit.SECONDS);
        return frames;
    }

    /** Returns the next frame that is no position; null after 30 s. Each heartbeat sends a position. */
    public String next() throws InterruptedException {
        String frame = nextOfAnyKind();
        while (frame != null && frame.startsWith("{\"kind\":\"position\"")) {
            frame = nextOfAnyKind();
        }
        return frame;
    }

    /** Returns the next frame; null after 30 s. */
    public String nextOfAnyKind() throws InterruptedException {
        return frames.poll(30, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frames.add(partial.toString());
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        frames.add(CLOSED + code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        frames.add(CLOSED + error);
    }
}
