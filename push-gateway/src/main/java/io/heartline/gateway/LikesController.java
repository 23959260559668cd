package io.heartline.gateway;

import java.nio.charset.StandardCharsets;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One author's likes, and the four ways to read them: WebSocket, server-sent events, long poll, poll. */
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
    Mono<Void> webSocket(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            ServerWebExchange exchange) {
        Flux<Frame> frames = follow(LikesRequest.of(authorId, query, null));
        return webSockets.handleRequest(exchange, session -> converse(session, frames));
    }

    private static Mono<Void> converse(WebSocketSession session, Flux<Frame> frames) {
        Flux<WebSocketMessage> messages = frames.filter(frame -> frame.kind() != Frame.Kind.caughtUp)
                .map(frame -> message(session, frame))
                .onErrorComplete(BrokenStreamException.class);
        // frames go on until we end them
        Mono<Void> sent = session.send(messages).then(Mono.defer(() -> session.close(TRY_AGAIN_LATER)));
        Mono<Void> peerIsGone = session.receive().then(); // what it says is not for us, that it left is
        return Mono.firstWithSignal(sent, peerIsGone);
    }

    private static WebSocketMessage message(WebSocketSession session, Frame frame) {
        return frame.kind() == Frame.Kind.heartbeat
                ? session.pingMessage(buffers -> buffers.wrap(frame.json()))
                : new WebSocketMessage(
                        WebSocketMessage.Type.TEXT, session.bufferFactory().wrap(frame.json()));
    }

    @GetMapping(path = PATH, produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<String>> events(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            @RequestHeader(name = "Last-Event-ID", required = false) String lastEventId,
            ServerHttpResponse response) {
        Flux<Frame> frames = follow(LikesRequest.of(authorId, query, lastEventId));
        response.getHeaders().setCacheControl(CacheControl.noStore());
        response.getHeaders().set("X-Accel-Buffering", "no"); // or nginx hoards what is meant for now
        return frames.filter(frame -> frame.kind() != Frame.Kind.caughtUp)
                .map(LikesController::event)
                .onErrorComplete(BrokenStreamException.class);
    }

    private static ServerSentEvent<String> event(Frame frame) {
        ServerSentEvent.Builder<String> event = ServerSentEvent.builder();
        return switch (frame.kind()) {
            case heartbeat -> event.comment("").build();
            case position -> event.id(frame.position().toString()).build();
            default ->
                event.id(frame.position().toString())
                        .event(frame.kind().name())
                        .data(new String(frame.json(), StandardCharsets.UTF_8))
                        .build();
        };
    }

    /** Whoever asks for nothing in particular is answered at once, or with {@code wait} as soon as there is something. */
    @GetMapping(path = PATH)
    Mono<ResponseEntity<byte[]>> poll(
            @PathVariable String authorId, @RequestParam MultiValueMap<String, String> query) {
        LikesRequest request = LikesRequest.of(authorId, query, null);
        return Poll.of(follow(request), request)
                .onErrorMap(BrokenStreamException.class, e -> new LogLostException())
                .map(body -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .cacheControl(CacheControl.noStore())
                        .body(body));
    }

    private Flux<Frame> follow(LikesRequest request) {
        return fanout.follow(request.following(), request.after());
    }
}
