package io.heartline.web.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.RawGet;
import io.heartline.web.TestService;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class UrlTokensTest {

    private static ServerHttpRequest without(String url) {
        return UrlTokens.withoutTokens(
                MockServerHttpRequest.method(HttpMethod.GET, URI.create(url)).build());
    }

    @ParameterizedTest
    @CsvSource({
        "/likes?access_token=a.b.c, /likes",
        "/likes?access_token=a.b.c&after=x, /likes?after=x",
        "/likes?after=x&access_token=a.b.c&post=%70-1, /likes?after=x&post=%70-1",
        "/likes?%61ccess_token=a.b.c, /likes",
        "/likes?access%5Ftoken=a.b%2Ec, /likes",
        "/li%6Bes?access_token=a.b.c, /li%6Bes",
        "http://localhost:1/likes?access_token=a.b.c, http://localhost:1/likes"
    })
    void token_isRemovedFromTheUrl_andKeptAside(String url, String remaining) {
        ServerHttpRequest request = without(url);

        assertThat(request.getURI()).hasToString(remaining);
        assertThat(request.getQueryParams()).doesNotContainKey("access_token");
        assertThat(UrlTokens.of(request)).containsExactly("a.b.c");
    }

    @Test
    void allTokens_areFound() {
        assertThat(UrlTokens.of(without("/likes?access_token=a&access_token=b&access_token")))
                .containsExactly("a", "b", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/likes",
                "/likes?after=x",
                "/likes?x_access_token=a",
                "/likes?after=access_token",
                "/likes?%zz=1"
            })
    void requestWithoutToken_isPassedOnAsItIs(String url) {
        ServerHttpRequest given =
                MockServerHttpRequest.method(HttpMethod.GET, url).build();

        assertThat(UrlTokens.withoutTokens(given)).isSameAs(given);
        assertThat(UrlTokens.of(given)).isEmpty();
    }

    /** Spring logs the URL of an answer that fails after its start, and of an internal error. */
    @ParameterizedTest
    @ValueSource(strings = {"/broken-off", "/defect"})
    void failedRequest_isLoggedWithoutItsToken(String path, CapturedOutput log) {
        try (TestService service = TestService.start()) {
            RawGet.send(service.port("server"), path + "?access_token=secret4711&after=x", "none");
        }

        assertThat(log).contains("the test's defect", path).doesNotContain("secret4711");
    }
}
