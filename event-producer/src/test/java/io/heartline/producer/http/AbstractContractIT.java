package io.heartline.producer.http;

import io.heartline.producer.HttpAnswer;
import io.heartline.quickstart.backends.Backends;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** An event producer in this JVM for all tests that compare its answers with its OpenAPI document. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=event-producer",
            "heartline.producer.rate.per-second=1",
            "heartline.producer.max-event-age=36500d", // so that what the document shows never grows too old
            "heartline.producer.max-event-lead=36500d"
        })
@AutoConfigureWebTestClient(timeout = "30s")
@Import(AbstractContractIT.CallerHeaderFilter.class)
abstract class AbstractContractIT {

    static final String JSON = "application/json";
    static final String NDJSON = "application/x-ndjson";
    static final String PROBLEM = "application/problem+json";
    static final String CALLER = "Caller";
    static final String LIKE = "{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"}";

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry settings) {
        String topic = Backends.unique("likes");
        settings.add("spring.kafka.bootstrap-servers", Backends::bootstrapServers);
        settings.add("heartline.producer.topic.name", () -> topic);
        settings.add("heartline.producer.topic.partitions", () -> 4);
    }

    /** Takes the caller's name from a header instead of a token. */
    static final class CallerHeaderFilter implements WebFilter {

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            String name = exchange.getRequest().getHeaders().getFirst(CALLER);
            return chain.filter(
                    name == null
                            ? exchange
                            : exchange.mutate().principal(Mono.just(() -> name)).build());
        }
    }

    @Autowired
    WebTestClient http;

    HttpAnswer get(String uri, String... headers) {
        return HttpAnswer.to(with(headers, http.get().uri(uri)));
    }

    HttpAnswer send(HttpMethod method, String uri, String... headers) {
        return HttpAnswer.to(with(headers, http.method(method).uri(uri)));
    }

    HttpAnswer post(String mediaType, String body, String... headers) {
        var request = http.post().uri("/v1/likes").header("Content-Type", mediaType);
        request.bodyValue(body);
        return HttpAnswer.to(with(headers, request));
    }

    private static WebTestClient.RequestHeadersSpec<?> with(
            String[] headers, WebTestClient.RequestHeadersSpec<?> request) {
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }
}
