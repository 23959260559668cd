package io.heartline.gateway.transport;

import io.heartline.gateway.stream.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Ends a WebSocket at the first frame of its client that breaks RFC 6455, with a close code, and discards what follows. Netty's
 * decoder would close the socket by itself: after its close code at once, so that the client may lose it, and after an invalid
 * close frame without any. Confined to the channel's thread.
 */
final class ClientFrameValidator extends ChannelInboundHandlerAdapter {

    static final int MAX_FRAME_BYTES = 4 * 1024;

    private static final String DECODER = "wsdecoder"; // as Netty's handshaker names it
    private static final String VALIDATOR = "heartline.utf8";
    private static final int CLOSE_CODE_BYTES = 2;
    private static final int MAX_CLOSE_CODE = 4_999;

    private boolean isInvalid;

    private ClientFrameValidator() {}

    /** Takes the place of the decoder that a handshake has put into the pipeline. The caller is on the channel's thread. */
    static void install(ChannelPipeline pipeline) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MAX_FRAME_BYTES)
                .allowExtensions(false) // none is negotiated
                .closeOnProtocolViolation(false)
                .build();
        pipeline.replace(DECODER, DECODER, new WebSocket13FrameDecoder(config));
        pipeline.addAfter(DECODER, VALIDATOR, new Utf8FrameValidator(false));
        pipeline.addAfter(VALIDATOR, "heartline.client-frames", new ClientFrameValidator());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isInvalid) {
            if (message instanceof CloseWebSocketFrame) { // the answer to ours
                context.close();
            }
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            if (message instanceof CloseWebSocketFrame close) {
                checkClose(close.content());
            }
        } catch (CorruptedWebSocketFrameException e) {
            ReferenceCountUtil.release(message);
            end(context, e);
            return;
        }
        context.fireChannelRead(message);
    }

    /** What the decoder leaves unchecked: codes that RFC 6455 does not define, and UTF-8 that breaks off. */
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
