package io.heartline.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class StaticFileTest {

    private static final byte[] TEXT = "a line of a script\n".repeat(100).getBytes(StandardCharsets.UTF_8);

    private final StaticFile file = StaticFile.read(new ByteArrayResource(TEXT), MediaType.TEXT_PLAIN);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZIP",
                "gzip, deflate, br",
                "br;q=1.0, gzip;q=0.8",
                "deflate,gzip;q=1",
                "gzip ; q=0.001",
                "identity, gzip ;q=1.000, *;q=0"
            })
    void clientThatAcceptsGzip_receivesTheCompressedFile(String accepted) throws IOException {
        ResponseEntity<byte[]> response = get(accepted);

        assertThat(response.getHeaders().getFirst(HttpHeaders.CONTENT_ENCODING)).isEqualTo("gzip");
        assertThat(response.getBody()).hasSizeLessThan(TEXT.length / 5);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(response.getBody())).readAllBytes())
                .isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "gzip;q=0", "gzip;q=0.000", "xgzip", "gzipx", "br", "*", "gzip;q=2"})
    void otherClient_receivesThePlainFile(String accepted) {
        ResponseEntity<byte[]> response = get(accepted);

        assertThat(response.getHeaders().containsHeader(HttpHeaders.CONTENT_ENCODING))
                .isFalse();
        assertThat(response.getBody()).isEqualTo(TEXT);
    }

    /** A strong tag names the bytes, and a cache between may combine parts of answers with the same tag. */
    @Test
    void eachEncoding_hasItsOwnTag() {
        String plain = get("").getHeaders().getETag();
        String gzip = get("gzip").getHeaders().getETag();

        assertThat(gzip).isNotEqualTo(plain);
        assertThat(get("", HttpHeaders.IF_NONE_MATCH, plain).getStatusCode()).isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(get("gzip", HttpHeaders.IF_NONE_MATCH, gzip).getStatusCode()).isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(get("gzip", HttpHeaders.IF_NONE_MATCH, plain).getStatusCode())
                .isEqualTo(HttpStatus.OK);
    }

    @Test
    void everyResponse_variesByEncoding_andKeepsOtherNames() {
        MockServerWebExchange exchange = exchange("gzip");
        exchange.getResponse().getHeaders().add(HttpHeaders.VARY, "Origin");

        ResponseEntity<byte[]> response = file.toResponse(exchange, headers -> {});

        assertThat(exchange.getResponse().getHeaders().getVary()).containsExactly("Origin", "Accept-Encoding");
        assertThat(response.getHeaders().containsHeader(HttpHeaders.VARY)).isFalse();
    }

    @Test
    void fileThatCompressionDoesNotShrink_isServedPlain() {
        StaticFile small = StaticFile.read(new ByteArrayResource(new byte[] {1, 2, 3}), MediaType.TEXT_PLAIN);

        ResponseEntity<byte[]> response = small.toResponse(exchange("gzip"), headers -> {});

        assertThat(response.getHeaders().containsHeader(HttpHeaders.CONTENT_ENCODING))
                .isFalse();
        assertThat(response.getBody()).containsExactly(1, 2, 3);
    }

    private ResponseEntity<byte[]> get(String acceptEncoding, String... header) {
        return file.toResponse(exchange(acceptEncoding, header), headers -> {});
    }

    private static MockServerWebExchange exchange(String acceptEncoding, String... header) {
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/file");
        if (!acceptEncoding.isEmpty()) {
            request.header(HttpHeaders.ACCEPT_ENCODING, acceptEncoding);
        }
        if (header.length > 0) {
            request.header(header[0], header[1]);
        }
        return MockServerWebExchange.from(request.build());
    }
}
