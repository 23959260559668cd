package io.heartline.gateway;

import io.heartline.events.Identifier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One author's likes, as they are read: over a WebSocket, or as server-sent events. */
@RestController
class LikesController {

    private static final String PATH = "/v1/authors/{authorId}/likes";
    private static final CloseStatus TRY_AGAIN_LATER = new CloseStatus(1013, "resume where you are");

    private final Fanout fanout;
    private final WebSocketService webSockets;

    LikesController(Fanout fanout, WebSocketService webSockets) {
        this.fanout = fanout;
        this.webSockets = webSockets;
    }

    @GetMapping(path = PATH, headers = "Upgrade=websocket")
    Mono<Void> webSocket(@PathVariable String authorId, ServerWebExchange exchange) {
        check(authorId);
        return webSockets.handleRequest(exchange, session -> converse(session, fanout.follow(authorId)));
    }

    private static Mono<Void> converse(WebSocketSession session, Flux<Frame> frames) {
        Flux<WebSocketMessage> messages = frames.map(frame -> new WebSocketMessage(
                        WebSocketMessage.Type.TEXT, session.bufferFactory().wrap(frame.json())))
                .onErrorComplete(LikesController::isForTheReader);
        // frames go on until we end them
        Mono<Void> sent = session.send(messages).then(Mono.defer(() -> session.close(TRY_AGAIN_LATER)));
        Mono<Void> peerIsGone = session.receive().then(); // what it says is not for us, that it left is
        return Mono.firstWithSignal(sent, peerIsGone);
    }

    @GetMapping(path = PATH, produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<String>> events(
            @PathVariable String authorId,
            @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = "") String accept,
            ServerHttpResponse response) {
        check(authorId);
        if (!accept.contains(MediaType.TEXT_EVENT_STREAM_VALUE)) {
            throw new NotAcceptableStatusException(List.of(MediaType.TEXT_EVENT_STREAM));
        }
        response.getHeaders().setCacheControl("no-store");
        response.getHeaders().set("X-Accel-Buffering", "no"); // or nginx hoards what is meant for now
        Flux<Frame> frames = fanout.follow(authorId).onErrorComplete(BrokenStreamException.class);
        return frames.map(frame -> ServerSentEvent.<String>builder()
                .id(frame.position())
                .event(frame.kind().name())
                .data(new String(frame.json(), StandardCharsets.UTF_8))
                .build());
    }

    private static void check(String authorId) {
        if (!Identifier.isValid(authorId)) {
            throw new InvalidAuthorException();
        }
    }

    private static boolean isForTheReader(Throwable e) {
        return e instanceof BrokenStreamException || e instanceof LogLostException;
    }
}
