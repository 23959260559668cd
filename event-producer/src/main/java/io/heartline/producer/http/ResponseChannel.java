package io.heartline.producer.http;

import io.netty.channel.Channel;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.http.server.HttpServerResponse;

/** Finds the Netty channel on which a response is written. */
final class ResponseChannel {

    private ResponseChannel() {}

    static Channel of(ServerHttpResponse response) {
        HttpServerResponse nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
        Channel[] channel = new Channel[1];
        nativeResponse.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }
}
