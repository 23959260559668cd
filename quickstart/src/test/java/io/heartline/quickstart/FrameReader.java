package io.heartline.quickstart;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket client that uses only the JDK, as an app without Heartline's client would. */
final class FrameReader implements WebSocket.Listener {

    /** The beginning of the text that {@link #next} returns after the connection has ended. */
    static final String CLOSED = "closed with ";

    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();

    static FrameReader connect(String gateway, String author) throws Exception {
        return connect(gateway, author, "");
    }

    static FrameReader connect(String gateway, String author, String query) throws Exception {
        return connect(HttpClient.newHttpClient(), gateway, author, query);
    }

    static FrameReader connect(HttpClient client, String gateway, String author, String query) throws Exception {
        FrameReader frames = new FrameReader();
        URI url = URI.create(gateway.replaceFirst("http", "ws") + "/v1/authors/" + author + "/likes" + query);
        client.newWebSocketBuilder().buildAsync(url, frames).get(30, TimeUnit.SECONDS);
        return frames;
    }

    /** Returns the next frame; null if none arrives within 30 s. */
    String next() throws InterruptedException {
        return frames.poll(30, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frames.add(partial.toString());
            partial.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        frames.add(CLOSED + code);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        frames.add(CLOSED + error);
    }
}
