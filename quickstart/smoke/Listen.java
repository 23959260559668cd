import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/**
 * A command that prints each frame of a WebSocket on a line of its own until the connection is closed:
 * {@code java Listen.java ws://…}.
 */
public final class Listen implements WebSocket.Listener {

    private final CountDownLatch closed = new CountDownLatch(1);
    private final StringBuilder partial = new StringBuilder();

    /**
     * Connects, and returns after the connection is closed.
     *
     * @param args the URL of the WebSocket
     */
    public static void main(String[] args) throws Exception {
        Listen listen = new Listen();
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(args[0]), listen).get();
        listen.closed.await();
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            System.out.println(partial);
            partial.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        System.out.println("closed with " + code + " " + reason);
        closed.countDown();
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        System.out.println("closed with " + error);
        closed.countDown();
    }
}
