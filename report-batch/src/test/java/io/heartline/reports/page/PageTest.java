package io.heartline.reports.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.config.EnableWebFlux;

class PageTest {

    @Configuration(proxyBeanMethods = false)
    @EnableWebFlux
    static class Web {}

    private static PageSettings settings(Map<String, String> page) {
        return new Binder(new MapConfigurationPropertySource(page))
                .bindOrCreate("heartline.reports.page", PageSettings.class);
    }

    private static PageSettings settings(String gateway, String producer) {
        return settings(Map.of(
                "heartline.reports.page.gateway-url", gateway,
                "heartline.reports.page.producer-url", producer));
    }

    private static WebTestClient page(PageSettings settings) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.registerBean(PageSettings.class, () -> settings, bean -> bean.setPrimary(true));
        context.register(Web.class, PageController.class);
        context.refresh();
        return WebTestClient.bindToApplicationContext(context).build();
    }

    private static EntityExchangeResult<String> get(String path) {
        return page(settings(Map.of()))
                .get()
                .uri(path)
                .exchange()
                .expectBody(String.class)
                .returnResult();
    }

    @Test
    void contentSecurityPolicy_allowsOnlyTheThreeServices() {
        page(settings("https://live.example.com/", "https://in.example.com:8443/api"))
                .get()
                .uri("/")
                .exchange()
                .expectHeader()
                .contentType(MediaType.TEXT_HTML)
                .expectHeader()
                .valueEquals(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self' https://live.example.com; style-src 'self'; img-src 'self'; "
                                + "connect-src 'self' https://live.example.com wss://live.example.com https://in.example.com:8443; "
                                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'");
    }

    private static void assertPageHeaders(HttpHeaders headers) {
        assertThat(headers.getFirst("Content-Security-Policy")).startsWith("default-src 'none'; ");
        assertThat(headers.getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(headers.getFirst("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(headers.getFirst("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
        assertThat(headers.getFirst("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(headers.getFirst("Permissions-Policy")).contains("camera=()");
    }

    @Test
    void pageAndSettings_havePageHeaders() {
        assertPageHeaders(get("/").getResponseHeaders());
        assertPageHeaders(get("/page/settings.json").getResponseHeaders());
    }

    @Test
    void pageSettings_containTheConfiguredUrls() {
        page(settings("https://live.example.com/", "http://localhost:8081"))
                .get()
                .uri("/page/settings.json")
                .exchange()
                .expectBody()
                .json("{\"gatewayUrl\":\"https://live.example.com/\",\"producerUrl\":\"http://localhost:8081\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:8082", "//localhost:8082", "ftp://localhost", "/gateway", "http://a;b", "https:x"})
    void invalidServiceUrl_failsTheStart_namingTheSetting(String url) {
        assertThatThrownBy(() -> settings(url, "http://localhost:8081"))
                .rootCause()
                .hasMessageStartingWith("heartline.reports.page.gateway-url must be the URL of a service");
        assertThatThrownBy(() -> settings("http://localhost:8082", url))
                .rootCause()
                .hasMessageStartingWith("heartline.reports.page.producer-url must be the URL of a service");
    }

    @ParameterizedTest
    @CsvSource({
        "/page/main.js, text/javascript",
        "/page/heartline.css, text/css",
        "/page/heart.svg, image/svg+xml",
        "/page/uplot/dist/uPlot.esm.js, text/javascript",
        "/page/uplot/dist/uPlot.min.css, text/css",
    })
    void pageFiles_haveAnETag_andAreRevalidated(String path, String type) {
        EntityExchangeResult<String> first = get(path);
        assertThat(first.getResponseHeaders().getContentType()).hasToString(type);
        assertThat(first.getResponseHeaders().getCacheControl()).isEqualTo("no-cache");
        assertPageHeaders(first.getResponseHeaders());
        assertThat(first.getResponseHeaders().getFirst(HttpHeaders.LAST_MODIFIED))
                .isNull();
        String etag = first.getResponseHeaders().getETag();

        page(settings(Map.of()))
                .get()
                .uri(path)
                .ifNoneMatch(etag)
                .exchange()
                .expectStatus()
                .isNotModified();
        assertThat(get("/page/session.js").getResponseHeaders().getETag()).isNotEqualTo(etag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page/main.js", "/page/heartline.css", "/page/uplot/dist/uPlot.esm.js"})
    void pageAndItsFiles_areCompressed(String path) throws IOException {
        byte[] plain = getBytes(path, "identity").getResponseBody();
        EntityExchangeResult<byte[]> gzip = getBytes(path, "gzip, deflate, br, zstd");

        assertThat(gzip.getResponseHeaders().getFirst(HttpHeaders.CONTENT_ENCODING))
                .isEqualTo("gzip");
        assertThat(gzip.getResponseBody()).hasSizeLessThan(plain.length);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.getResponseBody())).readAllBytes())
                .isEqualTo(plain);
    }

    /** The size counts in the time until the page is usable on a slow network. */
    @Test
    void library_isMinified() {
        String module = get("/page/uplot/dist/uPlot.esm.js").getResponseBody();

        assertThat(module).hasSizeLessThan(60_000).endsWith("export default uPlot;\n");
        assertThat(getBytes("/page/uplot/dist/uPlot.esm.js", "gzip").getResponseBody())
                .hasSizeLessThan(23_000);
    }

    private static EntityExchangeResult<byte[]> getBytes(String path, String acceptEncoding) {
        return page(settings(Map.of()))
                .get()
                .uri(path)
                .header(HttpHeaders.ACCEPT_ENCODING, acceptEncoding)
                .exchange()
                .expectBody()
                .returnResult();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/page/none.js",
                "/page",
                "/page/index.html", // at this path, the page would have no content security policy
                "/page/uplot/package.json",
                "/page/uplot/dist/none.js",
                "/page/",
                "/page/uplot",
                "/webjars/uplot/1.6.30/package.json"
            })
    void unknownFile_returns404(String path) {
        assertThat(get(path).getStatus().value()).isEqualTo(404);
    }
}
