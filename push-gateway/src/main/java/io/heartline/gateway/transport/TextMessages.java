package io.heartline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Joins the parts of text messages. {@link ClientFrameValidator} has checked their order, their encoding and their size. Confined to
 * the channel's event loop.
 */
final class TextMessages {

    private @Nullable ByteArrayOutputStream parts; // null while no text message has begun

    /**
     * Adds a frame.
     *
     * @param frame a frame of any kind; still owned by the caller
     * @return the text, if the frame is the last one of a text message; otherwise null
     */
    @Nullable
    String add(WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame whole && frame.isFinalFragment()) {
            return whole.text();
        }
        if (frame instanceof TextWebSocketFrame) {
            parts = new ByteArrayOutputStream();
        }
        if (parts == null || !(frame instanceof TextWebSocketFrame || frame instanceof ContinuationWebSocketFrame)) {
            return null;
        }
        append(frame.content(), parts);
        if (!frame.isFinalFragment()) {
            return null;
        }
        String text = parts.toString(StandardCharsets.UTF_8);
        parts = null;
        return text;
    }

    private static void append(ByteBuf part, ByteArrayOutputStream parts) {
        try {
            part.getBytes(part.readerIndex(), parts, part.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("a write to memory fails never", e);
        }
    }
}
