package io.heartline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Finds a client's first frame that violates RFC 6455. Netty's decoder checks the framing, Netty's validator checks UTF-8, and this
 * class checks the rest. Neither closes the socket itself: a decoder that does so closes it immediately after its close code, so the
 * client may lose the code.
 */
final class ClientFrameValidator {

    /** The maximum size of a message, and of each of its parts. */
    static final int MAX_MESSAGE_BYTES = 16 * 1024;

    private static final String DECODER = "heartline.frames";
    private static final String UTF8 = "heartline.utf8";
    private static final int CLOSE_CODE_BYTES = 2;
    private static final int MAX_CLOSE_CODE = 4_999;
    private static final WebSocketDecoderConfig CONFIG = WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(MAX_MESSAGE_BYTES)
            .allowExtensions(false) // the handshake negotiates none
            .closeOnProtocolViolation(false)
            .build();

    private ClientFrameValidator() {}

    /** Adds a decoder of client frames to the end of a pipeline. */
    static void addDecoder(ChannelPipeline pipeline) {
        pipeline.addLast(DECODER, new WebSocket13FrameDecoder(CONFIG));
    }

    /**
     * Passes the first text to a validator of UTF-8, which it adds after the decoder and before the handler that calls this method.
     * Most clients never send a text, so their channels have no validator.
     *
     * @return whether the validator was added and has received the frame
     */
    static boolean passToNewTextValidator(ChannelPipeline pipeline, WebSocketFrame frame) {
        if (!(frame instanceof TextWebSocketFrame) || pipeline.get(UTF8) != null) {
            return false;
        }
        pipeline.addAfter(DECODER, UTF8, new Utf8FrameValidator(false));
        pipeline.context(DECODER).fireChannelRead(frame);
        return true;
    }

    /**
     * Checks what Netty does not check: the size of a message in parts, and the body of a close frame.
     *
     * @param previousBytes the size of the current message before this frame
     * @return the size of the current message
     * @throws CorruptedWebSocketFrameException if the frame is invalid
     */
    static int check(WebSocketFrame frame, int previousBytes) {
        if (frame instanceof CloseWebSocketFrame) {
            checkClose(frame.content());
        } else if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
            return frame.content().readableBytes();
        } else if (frame instanceof ContinuationWebSocketFrame) {
            int messageBytes = previousBytes + frame.content().readableBytes();
            if (messageBytes > MAX_MESSAGE_BYTES) {
                throw new CorruptedWebSocketFrameException(
                        WebSocketCloseStatus.MESSAGE_TOO_BIG,
                        "a message has more than " + MAX_MESSAGE_BYTES + " bytes");
            }
            return messageBytes;
        }
        return previousBytes;
    }

    /** Checks a close frame for errors that the decoder ignores: codes that RFC 6455 does not define, and truncated UTF-8. */
    private static void checkClose(ByteBuf body) {
        if (body.readableBytes() < CLOSE_CODE_BYTES) {
            return;
        }
        if (body.getUnsignedShort(body.readerIndex()) > MAX_CLOSE_CODE) {
            throw new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, "no such close code");
        }
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(body.nioBuffer(
                            body.readerIndex() + CLOSE_CODE_BYTES, body.readableBytes() - CLOSE_CODE_BYTES));
        } catch (CharacterCodingException e) {
            throw new CorruptedWebSocketFrameException(
                    WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "the close reason is not UTF-8", e);
        }
    }
}
