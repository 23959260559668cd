package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.web.server.header.CacheControlServerHttpHeadersWriter;
import org.springframework.security.web.server.header.CompositeServerHttpHeadersWriter;
import org.springframework.security.web.server.header.ContentTypeOptionsServerHttpHeadersWriter;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter;
import org.springframework.security.web.server.header.ServerHttpHeadersWriter;
import org.springframework.security.web.server.header.StrictTransportSecurityServerHttpHeadersWriter;
import org.springframework.security.web.server.header.XFrameOptionsServerHttpHeadersWriter;
import org.springframework.security.web.server.header.XXssProtectionServerHttpHeadersWriter;

/** Tests that the headers equal those of Spring Security's writers. */
class SecurityHeadersTest {

    private static final ServerHttpHeadersWriter SPRING = new CompositeServerHttpHeadersWriter(
            new CacheControlServerHttpHeadersWriter(),
            new ContentTypeOptionsServerHttpHeadersWriter(),
            new StrictTransportSecurityServerHttpHeadersWriter(),
            new XFrameOptionsServerHttpHeadersWriter(),
            new XXssProtectionServerHttpHeadersWriter(),
            new ReferrerPolicyServerHttpHeadersWriter());

    private static HttpHeaders headers(
            ServerHttpHeadersWriter writer, String url, Consumer<MockServerHttpResponse> answer) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get(url));
        answer.accept(exchange.getResponse());
        writer.writeHttpHeaders(exchange).block();
        return exchange.getResponse().getHeaders();
    }

    private static void assertSameAsSpring(String url, Consumer<MockServerHttpResponse> answer) {
        HttpHeaders own = headers(new SecurityHeaders(), url, answer);

        assertThat(own).isEqualTo(headers(SPRING, url, answer));
        assertThat(own.size()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void response_getsAllHeaders() {
        assertSameAsSpring("http://localhost/v1/likes", answer -> {});
    }

    @Test
    void overHttps_transportIsStrict() {
        assertSameAsSpring("https://localhost/v1/likes", answer -> {});
    }

    @Test
    void responseWithCacheHeaders_keepsThem() {
        assertSameAsSpring(
                "http://localhost/page/main.js", answer -> answer.getHeaders().setCacheControl("private, no-cache"));
        assertSameAsSpring(
                "http://localhost/page/main.js", answer -> answer.getHeaders().setExpires(0));
        assertSameAsSpring(
                "http://localhost/page/main.js", answer -> answer.getHeaders().setPragma("x"));
    }

    @Test
    void notModifiedResponse_getsNoCacheHeaders() {
        assertSameAsSpring("http://localhost/page/main.js", answer -> answer.setStatusCode(HttpStatus.NOT_MODIFIED));
    }

    @Test
    void responseWithOwnHeaders_keepsThem() {
        for (String name :
                new String[] {"X-Content-Type-Options", "X-Frame-Options", "X-XSS-Protection", "Referrer-Policy"}) {
            assertSameAsSpring(
                    "http://localhost/", answer -> answer.getHeaders().set(name, "its own"));
        }
    }
}
