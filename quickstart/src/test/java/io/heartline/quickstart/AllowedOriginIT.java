package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of another origin than Heartline's own page, such as those of an app in development. */
class AllowedOriginIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final String PAGE = """
            <!doctype html><title>An app</title><link rel="icon" href="data:,">""";

    /** Follows an author by heartline.js, likes a post of the author, polls for it, and reads the author's report. */
    private static final String USE_HEARTLINE = """
            const [producer, gateway, reports, webSocket, done] = arguments;
            const use = async () => {
              const { connect } = await import(gateway + '/heartline.js');
              let position;
              const liked = new Promise((resolve) => {
                const like = () => fetch(producer + '/v1/likes', {
                  method: 'POST',
                  headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
                  body: JSON.stringify({ postId: 'p-1', authorId: 'alice', likerId: 'bob' }),
                });
                connect({
                  url: gateway,
                  author: 'alice',
                  WebSocket: webSocket ? WebSocket : null,
                  onFrame: (frame) => {
                    if (frame.kind === 'hello') { position = frame.position; like(); }
                    if (frame.kind === 'like') resolve(frame.event.likerId);
                  },
                });
              });
              const liker = await liked;
              const poll = await fetch(`${gateway}/v1/authors/alice/likes?wait=10&after=${position}`);
              const report = await fetch(reports + '/v1/authors/alice/reports/current');
              return `${liker} ${(await poll.json()).frames.length > 0} ${(await report.json()).authorId}`;
            };
            use().then(done, (e) => done(String(e)));""";

    @TempDir
    private static Path folder;

    private static HttpServer app;
    private static String origin;
    private static Heartline heartline;

    @BeforeAll
    static void start() throws IOException {
        app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext("/", exchange -> {
            byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        app.start();
        origin = "http://localhost:" + app.getAddress().getPort();
        heartline = new Heartline(FreePortSettings.of(folder, false, false, "https://app.example.com", origin));
    }

    @AfterAll
    static void stop() {
        heartline.close();
        app.stop(0);
    }

    @Test
    void eachService_answersPagesOfAllowedOrigins_andOfItsOwnPage() throws Exception {
        String page = heartline.reports().url();
        for (String url : resources().toList()) {
            for (String allowed : List.of(origin, "https://app.example.com", page)) {
                HttpResponse<String> answer = get(url, allowed);

                assertThat(answer.statusCode()).as(url).isNotEqualTo(403);
                if (!url.startsWith(allowed)) {
                    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                            .as(url)
                            .hasValue(allowed);
                }
            }
        }
    }

    @Test
    void eachService_refusesOtherOrigins_andNamesTheSetting() throws Exception {
        for (String url : resources().toList()) {
            HttpResponse<String> answer = get(url, "http://localhost:1");

            assertThat(answer.statusCode()).as(url).isEqualTo(403);
            assertThat(answer.body()).contains("heartline.security.allowed-origins");
        }
    }

    @Test
    @Tag("browser")
    void pageOfAllowedOrigin_follows_likes_pollsAndReads() {
        assumeTrue(Browser.isAvailable(), "chromium or chromedriver is not installed");
        try (Browser browser = new Browser()) {
            for (boolean webSocket : new boolean[] {true, false}) {
                browser.open(origin + "/");

                Object result = browser.runAsync(
                        USE_HEARTLINE,
                        heartline.producer().url(),
                        heartline.gateway().url(),
                        heartline.reports().url(),
                        webSocket);

                assertThat(result).isEqualTo("bob true alice");
                assertThat(browser.consoleWarnings()).isEmpty();
            }
        }
    }

    private static Stream<String> resources() {
        return Stream.of(
                heartline.producer().url() + "/v1/likes",
                heartline.gateway().url() + "/heartline.js",
                heartline.gateway().url() + "/v1/authors/alice/likes",
                heartline.reports().url() + "/v1/authors/alice/reports/current");
    }

    private static HttpResponse<String> get(String url, String origin) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url)).header("Origin", origin).build(), BodyHandlers.ofString());
    }
}
