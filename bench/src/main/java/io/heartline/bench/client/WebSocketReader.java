package io.heartline.bench.client;

import io.heartline.bench.model.FrameText;
import io.heartline.bench.result.CannotMeasureException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;

/** A client that reads likes from a WebSocket. */
final class WebSocketReader extends WebSocketClient {

    private final Readers readers;
    private boolean greeted;

    private WebSocketReader(Readers readers) {
        this.readers = readers;
    }

    static void open(Readers readers, String author) {
        URI server = readers.server;
        // Netty sets the headers of the handshake itself
        HttpHeaders headers = Readers.setBrowserHeaders(new DefaultHttpHeaders(), server)
                .remove("Host")
                .remove("Connection")
                .remove("Origin");
        String url = "ws://" + server.getAuthority() + "/v1/authors/" + author + "/likes";
        readers.counters.requests.increment();
        readers.connect(pipeline -> new WebSocketReader(readers).addTo(pipeline, url, null, headers));
    }

    @Override
    void received(ByteBuf text, ChannelHandlerContext context) {
        int like = FrameText.nextDueTime(text, text.readerIndex());
        if (like >= 0) {
            readers.counters.like(FrameText.dueTimeAt(text, like));
        } else if (!greeted) {
            greeted = true;
            readers.greeted();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        readers.fail(new CannotMeasureException("a WebSocket was closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        readers.fail(e);
    }
}
