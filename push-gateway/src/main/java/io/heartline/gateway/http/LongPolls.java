package io.heartline.gateway.http;

import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.LikeStream;
import io.heartline.gateway.transport.EventLoops;
import io.heartline.gateway.transport.HeldResponse;
import io.heartline.gateway.transport.HeldResponse.Answer;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.ProblemJson;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The responses to long polls. A poll waits without Spring's exchange, which would take most of its memory. */
@Component
class LongPolls {

    private static final Logger logger = LoggerFactory.getLogger(LongPolls.class);

    private final StreamRefusals refusals;
    private final JsonMapper json;

    LongPolls(StreamRefusals refusals, JsonMapper json) {
        this.refusals = refusals;
        this.json = json;
    }

    /**
     * Answers a long poll after the request has completed.
     *
     * @param stream the stream of the poll
     * @param request the request of the poll
     * @param permits the permits of the poll, which it releases
     * @param exchange the HTTP request, and its response with headers
     * @return completes before the poll waits
     */
    Mono<Void> answer(LikeStream stream, LikesRequest request, ConnectionPermits permits, ServerWebExchange exchange) {
        String path = exchange.getRequest().getPath().value();
        String requestId = exchange.getLogPrefix();
        Mono<Answer> answer = PollResponse.of(stream, request, EventLoops.of(exchange.getRequest()))
                .map(body -> new Answer(HttpStatus.OK.value(), Map.of(), body))
                .onErrorResume(e -> Mono.just(refusal(e, path, requestId)));
        return HeldResponse.hold(exchange, answer, permits::release);
    }

    private Answer refusal(Throwable e, String path, String requestId) {
        ApiException error;
        if (e instanceof StreamRefusedException refused) {
            error = refusals.refuse(refused);
        } else {
            logger.error("{}a long poll failed with an internal error", requestId, e);
            error = ApiException.of(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "A defect of the service: its log has more under this answer's Request-Id.");
        }
        error.getBody().setInstance(URI.create(path));
        Map<String, String> headers = new HashMap<>(error.getHeaders().toSingleValueMap());
        headers.put(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        return new Answer(
                error.getStatusCode().value(), headers, json.writeValueAsBytes(ProblemJson.members(error.getBody())));
    }
}
