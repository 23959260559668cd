package io.heartline.gateway.transport;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Upgrades a request to a WebSocket. For Reactor Netty it is a response with the status 101. Spring has checked the method and the presence of {@code Upgrade},
 * {@code Connection} and the key. This class checks the other rules of RFC 6455, 4.2.1.
 */
final class WebSocketUpgrade implements RequestUpgradeStrategy {

    private static final String SUBPROTOCOL = "heartline.v1";
    private static final String VERSION = "13";
    private static final String VERSION_HEADER = "Sec-WebSocket-Version";
    private static final String KEY_HEADER = "Sec-WebSocket-Key";
    private static final String PROTOCOL_HEADER = "Sec-WebSocket-Protocol";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // a constant of the protocol
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}=="); // 16 bytes in base64

    @Override
    public Mono<Void> upgrade(
            ServerWebExchange exchange,
            WebSocketHandler handler,
            String subProtocol,
            Supplier<HandshakeInfo> handshake) {
        HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (response.version().equals(HttpVersion.HTTP_1_0)) {
            return Mono.error(malformed("A WebSocket handshake needs HTTP/1.1.")); // for example, of a proxy
        }
        if (!headers.getOrEmpty(VERSION_HEADER).equals(List.of(VERSION))) {
            return Mono.error(unsupportedVersion());
        }
        List<String> keys = headers.getOrEmpty(KEY_HEADER);
        if (keys.size() != 1 || !KEY.matcher(keys.get(0)).matches()) {
            return Mono.error(malformed(KEY_HEADER + " must be 16 bytes in base64, given once."));
        }
        HttpHeaders answer = exchange.getResponse().getHeaders();
        answer.set(HttpHeaders.UPGRADE, "websocket");
        answer.set(HttpHeaders.CONNECTION, "upgrade");
        answer.set("Sec-WebSocket-Accept", accept(keys.get(0)));
        if (isOffered(headers.getOrEmpty(PROTOCOL_HEADER))) {
            answer.set(PROTOCOL_HEADER, SUBPROTOCOL); // a browser requires a confirmation
        }
        // this handler would replace "upgrade" by "close" at the last request that a connection may have
        response.withConnection(connection -> connection.removeHandler(NettyPipeline.HttpTrafficHandler));
        // setComplete runs the actions that Spring has registered for the commit of the response
        return exchange.getResponse()
                .setComplete()
                .then(Mono.defer(() -> ChannelTakeover.afterHead(
                        response.status(HttpResponseStatus.SWITCHING_PROTOCOLS).chunkedTransfer(false),
                        (WebSocketStream) handler)));
    }

    /** Returns the proof that the server has read the handshake (RFC 6455, 4.2.2). */
    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-1", e);
        }
    }

    /** Returns whether the client offers the subprotocol anywhere. Spring would find it only at the start of the first list. */
    private static boolean isOffered(List<String> lists) {
        return lists.stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(String::strip)
                .anyMatch(SUBPROTOCOL::equals);
    }

    private static ErrorResponseException malformed(String detail) {
        ErrorResponseException problem = new ErrorResponseException(HttpStatus.BAD_REQUEST);
        problem.setDetail(detail);
        return problem;
    }

    /** Returns the refusal of another version. Reactor Netty would send no problem and log an error. */
    private static ErrorResponseException unsupportedVersion() {
        ErrorResponseException problem = new ErrorResponseException(HttpStatus.UPGRADE_REQUIRED);
        problem.setDetail("Only version " + VERSION + " of WebSocket is spoken.");
        problem.getHeaders().set(HttpHeaders.CONNECTION, "upgrade");
        problem.getHeaders().set(HttpHeaders.UPGRADE, "websocket");
        problem.getHeaders().set(VERSION_HEADER, VERSION);
        return problem;
    }
}
