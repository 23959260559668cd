package io.heartline.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.reactive.function.server.RouterFunction;

class GraphiqlTest {

    private static final ReactiveWebApplicationContextRunner APPLICATION =
            new ReactiveWebApplicationContextRunner().withUserConfiguration(Web.class, GraphiqlConfiguration.class);

    private static final int UNLIMITED = -1;

    @Configuration(proxyBeanMethods = false)
    @EnableWebFlux
    static class Web {}

    private static void withGraphiql(Consumer<WebTestClient> test) {
        APPLICATION
                .withPropertyValues("spring.graphql.graphiql.enabled=true")
                .run(context -> test.accept(WebTestClient.bindToApplicationContext(context)
                        .configureClient()
                        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(UNLIMITED))
                        .build()));
    }

    private static EntityExchangeResult<String> get(WebTestClient client, String path) {
        return client.get().uri(path).exchange().expectBody(String.class).returnResult();
    }

    private static void assertPageHeaders(HttpHeaders headers) {
        assertThat(headers.getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(headers.getFirst("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(headers.getFirst("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
        assertThat(headers.getFirst("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(headers.getFirst("Permissions-Policy")).contains("camera=()");
    }

    @Test
    void page_hasAPolicy_thatAllowsNoOtherOrigin() {
        withGraphiql(client -> {
            HttpHeaders headers = get(client, "/graphiql").getResponseHeaders();

            assertThat(headers.getContentType()).isEqualTo(MediaType.TEXT_HTML);
            assertThat(headers.getCacheControl()).isEqualTo("no-store");
            assertPageHeaders(headers);
            assertThat(headers.getFirst("Content-Security-Policy"))
                    .isEqualTo("default-src 'none'; script-src 'self'; "
                            + "style-src 'self' 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='; "
                            + "img-src 'self'; font-src data:; connect-src 'self'; "
                            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        });
    }

    @Test
    void page_refersToFilesOfThisServiceOnly() {
        withGraphiql(client -> {
            String page = get(client, "/graphiql").getResponseBody();
            List<String> references = Pattern.compile("(?:href|src)=\"([^\"]*)\"")
                    .matcher(page)
                    .results()
                    .map(match -> match.group(1))
                    .toList();

            assertThat(page).doesNotContain("//", "<style", " style=").doesNotContainPattern("<script(?![^>]* src=)");
            assertThat(references)
                    .containsExactly(
                            "page/heart.svg",
                            "graphiql/graphiql.min.css",
                            "graphiql/layout.css",
                            "graphiql/react.production.min.js",
                            "graphiql/react-dom.production.min.js",
                            "graphiql/graphiql.min.js",
                            "graphiql/main.js");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/graphiql/graphiql.min.css, text/css",
        "/graphiql/layout.css, text/css",
        "/graphiql/react.production.min.js, text/javascript",
        "/graphiql/react-dom.production.min.js, text/javascript",
        "/graphiql/graphiql.min.js, text/javascript",
        "/graphiql/main.js, text/javascript",
    })
    void files_haveAnETag_andAreRevalidated(String path, String type) {
        withGraphiql(client -> {
            EntityExchangeResult<String> first = get(client, path);
            assertThat(first.getStatus().value()).isEqualTo(200);
            assertThat(first.getResponseHeaders().getContentType()).hasToString(type);
            assertThat(first.getResponseHeaders().getCacheControl()).isEqualTo("no-cache");
            assertThat(first.getResponseHeaders().getFirst("Content-Security-Policy"))
                    .startsWith("default-src 'none'; base-uri");
            assertPageHeaders(first.getResponseHeaders());

            client.get()
                    .uri(path)
                    .ifNoneMatch(first.getResponseHeaders().getETag())
                    .exchange()
                    .expectStatus()
                    .isNotModified();
        });
    }

    @Test
    void scripts_importModulesThatHeartlinesPageHas() throws Exception {
        PageFiles files = new PageFiles();
        withGraphiql(client -> assertThat(Pattern.compile("from '../page(/[^']*)'")
                        .matcher(get(client, "/graphiql/main.js").getResponseBody())
                        .results()
                        .map(match -> match.group(1)))
                .isNotEmpty()
                .allSatisfy(path -> assertThat(files.find(path)).as(path).isPresent()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/graphiql/none.js",
                "/graphiql/index.html", // at this path, the page would have no content security policy
                "/graphiql/",
                "/graphiql/graphiql.min.js.map",
                "/webjars/graphiql/2.4.7/package.json"
            })
    void unknownFile_returns404(String path) {
        withGraphiql(client ->
                assertThat(get(client, path).getStatus().value()).as(path).isEqualTo(404));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/graphiql", "/graphiql/main.js"})
    void otherMethods_areRefused(String path) {
        withGraphiql(client -> {
            client.head().uri(path).exchange().expectStatus().isOk();
            client.post()
                    .uri(path)
                    .exchange()
                    .expectStatus()
                    .isEqualTo(405)
                    .expectHeader()
                    .value("Allow", allow -> assertThat(allow)
                            .contains(HttpMethod.GET.name(), HttpMethod.HEAD.name())
                            .doesNotContain(HttpMethod.POST.name()));
        });
    }

    @Test
    void page_isOffByDefault() {
        APPLICATION.run(context -> assertThat(context).doesNotHaveBean(RouterFunction.class));
    }

    @Test
    void missingWebJar_failsTheStart_namingTheSetting() {
        APPLICATION
                .withClassLoader(
                        new FilteredClassLoader(new ClassPathResource("META-INF/resources/webjars/react-dom/")))
                .withPropertyValues("spring.graphql.graphiql.enabled=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("spring.graphql.graphiql.enabled needs the WebJar org.webjars.npm:react-dom, "
                                + "which only the quickstart has"));
    }
}
