package io.heartline.gateway.transport;

import io.heartline.gateway.stream.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Ends a WebSocket with a close code at the client's first frame that violates RFC 6455, and discards later frames. Netty's
 * decoder would close the socket itself. It closes immediately after its close code, so the client may lose the code, and sends
 * no code for an invalid close frame. Confined to the channel's event loop.
 */
final class ClientFrameValidator extends ChannelInboundHandlerAdapter {

    /** The maximum size of a message, and of each of its parts. */
    static final int MAX_MESSAGE_BYTES = 16 * 1024;

    private static final String DECODER = "wsdecoder"; // the name that Netty's handshaker uses
    private static final String VALIDATOR = "heartline.utf8";
    private static final int CLOSE_CODE_BYTES = 2;
    private static final int MAX_CLOSE_CODE = 4_999;

    private boolean isInvalid;
    private int messageBytes; // of the parts of the current message

    private ClientFrameValidator() {}

    /** Replaces the decoder that the handshake has added to the pipeline. Called on the channel's event loop. */
    static void install(ChannelPipeline pipeline) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MAX_MESSAGE_BYTES)
                .allowExtensions(false) // the handshake negotiates none
                .closeOnProtocolViolation(false)
                .build();
        pipeline.replace(DECODER, DECODER, new WebSocket13FrameDecoder(config));
        pipeline.addAfter(DECODER, VALIDATOR, new Utf8FrameValidator(false));
        pipeline.addAfter(VALIDATOR, "heartline.client-frames", new ClientFrameValidator());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isInvalid) {
            if (message instanceof CloseWebSocketFrame) { // the client answers our close frame
                context.close();
            }
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            if (message instanceof CloseWebSocketFrame close) {
                checkClose(close.content());
            } else if (message instanceof WebSocketFrame frame) {
                checkSize(frame);
            }
        } catch (CorruptedWebSocketFrameException e) {
            ReferenceCountUtil.release(message);
            end(context, e);
            return;
        }
        context.fireChannelRead(message);
    }

    /** Checks the size of a message in parts. Netty's decoder checks each part alone. */
    private void checkSize(WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
            messageBytes = frame.content().readableBytes();
        } else if (frame instanceof ContinuationWebSocketFrame) {
            messageBytes += frame.content().readableBytes();
            if (messageBytes > MAX_MESSAGE_BYTES) {
                throw new CorruptedWebSocketFrameException(
                        WebSocketCloseStatus.MESSAGE_TOO_BIG,
                        "a message has more than " + MAX_MESSAGE_BYTES + " bytes");
            }
        }
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

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        if (e instanceof CorruptedWebSocketFrameException invalid) {
            end(context, invalid);
        } else {
            context.fireExceptionCaught(e);
        }
    }

    private void end(ChannelHandlerContext context, CorruptedWebSocketFrameException invalid) {
        if (isInvalid) {
            return;
        }
        isInvalid = true;
        ChannelWriter writer = context.pipeline().get(ChannelWriter.class);
        if (writer == null) { // the handshake is not complete
            context.close();
        } else {
            writer.end(StreamClosedException.invalidFrame(invalid.closeStatus().code(), invalid.getMessage()));
        }
    }
}
