package io.heartline.web.problem;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.http.server.HttpServerResponse;

/** The response of the server below Spring's response. */
public final class NativeResponse {

    private NativeResponse() {}

    /**
     * Returns whether the server itself has answered the request, because its body is malformed. Nothing of Spring's response can be
     * sent then.
     *
     * @param response Spring's response
     * @return false if the headers that were sent are those of Spring's response
     */
    public static boolean isSentByServer(ServerHttpResponse response) {
        // isCommitted is also true if the commit of Spring's response has failed because of the server's answer
        return ServerHttpResponseDecorator.getNativeResponse(response) instanceof HttpServerResponse nettyResponse
                && nettyResponse.hasSentHeaders()
                && response.setStatusCode(response.getStatusCode());
    }
}
