package io.heartline.reports;

import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * What goes wrong before there is a handler of ours, which is all that {@link Problems} hears of: a header that cannot be
 * read, a body that is too large. Comes before Spring Boot's own page of errors.
 */
@Component
@Order(-2)
class EarlyProblems implements WebExceptionHandler {

    private final JsonMapper json;

    EarlyProblems(JsonMapper json) {
        this.json = json;
    }

    /** Its body. */
    private record Problem(String title, int status, String detail) {}

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted() || !(e instanceof ErrorResponse error)) {
            return Mono.error(e);
        }
        ProblemDetail said = error.getBody();
        response.setStatusCode(error.getStatusCode());
        response.getHeaders().putAll(error.getHeaders());
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        byte[] body = json.writeValueAsBytes(new Problem(said.getTitle(), said.getStatus(), said.getDetail()));
        DataBuffer buffer = response.bufferFactory().wrap(body);
        return response.writeWith(Mono.just(buffer));
    }
}
