package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OriginFilterTest {

    private static final String URL = "http://localhost:8082/v1/authors/alice/likes";

    private final OriginFilter filter = new OriginFilter(List.of("https://example.com"));
    private final AtomicBoolean passed = new AtomicBoolean();

    @Test
    void aPageOfAnotherOrigin_isRefusedWithAProblem() {
        MockServerHttpResponse response = ask(MockServerHttpRequest.get(URL)
                .header("Origin", "https://evil.example")
                .build());

        assertThat(passed).isFalse();
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
        assertThat(response.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        JsonNode problem =
                JsonMapper.shared().readTree(response.getBodyAsString().block());
        assertThat(problem.path("status").intValue()).isEqualTo(403);
        assertThat(problem.path("detail").stringValue()).isNotEmpty();
    }

    @Test
    void aPageOnTheList_andWhoIsNoPage_pass() {
        MockServerHttpResponse page = ask(MockServerHttpRequest.get(URL)
                .header("Origin", "https://example.com")
                .build());
        assertThat(passed.getAndSet(false)).isTrue();
        assertThat(page.getHeaders().getAccessControlAllowOrigin()).isEqualTo("https://example.com");

        ask(MockServerHttpRequest.get(URL).build());
        assertThat(passed).isTrue();
    }

    @Test
    void aPreflight_isAnswered_andGoesNoFurther() {
        MockServerHttpResponse response = ask(MockServerHttpRequest.options(URL)
                .header("Origin", "https://example.com")
                .header("Access-Control-Request-Method", "GET")
                .header("Access-Control-Request-Headers", "last-event-id")
                .build());

        assertThat(passed).isFalse();
        assertThat(response.getHeaders().getAccessControlAllowMethods()).containsExactly(HttpMethod.GET);
    }

    private MockServerHttpResponse ask(MockServerHttpRequest request) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        filter.filter(exchange, through -> Mono.fromRunnable(() -> passed.set(true)))
                .block();
        return exchange.getResponse();
    }
}
