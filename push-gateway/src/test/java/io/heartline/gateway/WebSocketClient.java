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
    /** The connection. */
    public WebSocket socket;

    /**
     * Opens a connection.
     *
     * @param url a URL with the scheme {@code ws}
     * @return the client
     * @throws Exception if the handshake fails, or takes 30 s
     */
    public static WebSocketClient of(String url) throws Exception {
        WebSocketClient frames = new WebSocketClient();
        frames.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(url), frames)
                .get(30, TimeUnit.SECONDS);
        return frames;
    }

    /**
     * Returns the next frame that is no position. Each heartbeat sends a position.
     *
     * @return the JSON, or {@link #CLOSED} with the close code; null after 30 s
     * @throws InterruptedException if the thread is interrupted
     */
    public String next() throws InterruptedException {
        String frame = nextOfAnyKind();
        while (frame != null && frame.startsWith("{\"kind\":\"position\"")) {
            frame = nextOfAnyKind();
        }
        return frame;
    }

    /**
     * Returns the next frame.
     *
     * @return the JSON, or {@link #CLOSED} with the close code; null after 30 s
     * @throws InterruptedException if the thread is interrupted
     */
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
