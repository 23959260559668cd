package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketFramingTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 300, 0xFFFF, 0x10000, 200_000})
    void text_equalsNettysEncoding(int length) {
        byte[] payload = "x".repeat(length).getBytes();
        ByteBuf ours = Unpooled.buffer();

        WebSocketFraming.text(length, ours);
        ours.writeBytes(payload);

        assertThat(ours).isEqualTo(netty(new TextWebSocketFrame(Unpooled.wrappedBuffer(payload))));
    }

    @Test
    void ping_equalsNettysEncoding() {
        ByteBuf ours = Unpooled.buffer();

        WebSocketFraming.ping(ours);

        assertThat(ours).isEqualTo(netty(new PingWebSocketFrame()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125})
    void pongAndClose_equalNettysEncoding(int length) {
        byte[] payload = "x".repeat(length).getBytes();
        ByteBuf pong = Unpooled.buffer();
        ByteBuf close = Unpooled.buffer();

        WebSocketFraming.pong(payload, pong);
        WebSocketFraming.close(Unpooled.wrappedBuffer(payload), close);

        assertThat(pong).isEqualTo(netty(new PongWebSocketFrame(Unpooled.wrappedBuffer(payload))));
        assertThat(close).isEqualTo(netty(new CloseWebSocketFrame(true, 0, Unpooled.wrappedBuffer(payload))));
    }

    private static ByteBuf netty(WebSocketFrame frame) {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameEncoder(false));
        channel.writeOutbound(frame);
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return all;
    }
}
