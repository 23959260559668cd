package io.heartline.reports.read.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.HostileRequests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;

/** Queries that hide their cost, and bodies that attack a parser or MongoDB. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class GraphQlAbuseIT extends AbstractReadApiIT {

    private static final String JSON = "application/json";

    @Test
    void batchedQueries_areRefused() {
        assertThat(post(List.of(Map.of("query", "{__typename}"), Map.of("query", "{__typename}")))
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fragment A on Query{...B} fragment B on Query{...A} {...A}",
                "fragment A on Query{...A} {...A}",
                "{__typename @a @a @a @a}",
                "mutation{x}",
                "subscription{x}",
                "{nosuch}",
                "{\u001b[31mforged}",
            })
    void invalidQuery_isAnErrorWithoutData(String query) {
        HttpAnswer answer = post(Map.of("query", query));

        assertThat(answer.json().path("errors")).as(answer.text()).isNotEmpty();
        assertThat(answer.json().path("data").isEmpty()).isTrue();
        assertDisclosesNothing(answer);
    }

    @Test
    void floodOfNamesOrDirectives_isRefusedBeforeValidation() {
        for (String flood : List.of("__typename ", "a:__typename ", "__typename @include(if:true) ")) {
            assertThat(post(Map.of("query", "{" + flood.repeat(1_600) + "}")).text())
                    .containsPattern("More than (2,000 .* tokens|16,384 characters)");
        }
        String schemas = IntStream.range(0, 20)
                .mapToObj(i -> "a" + i + ":__schema{types{name}}")
                .collect(Collectors.joining(" ", "{", "}"));
        assertThat(post(Map.of("query", schemas)).text()).contains("__schema is present too often");
    }

    /** The variables exceed Jackson's limits: 500 levels, numbers of 1000 digits, names of 50 000 characters. */
    @Test
    void oversizedVariables_return400(CapturedOutput log) {
        for (String variable : List.of(
                "[".repeat(10_000) + "]".repeat(10_000),
                "{\"a\":".repeat(600) + "1" + "}".repeat(600),
                "9".repeat(100_000),
                "{\"" + "a".repeat(60_000) + "\":1}")) {
            HttpAnswer answer = post("{\"query\":\"{__typename}\",\"variables\":{\"a\":" + variable + "}}");

            assertThat(answer.status()).isEqualTo(400);
            assertDisclosesNothing(answer);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"$gt\":\"\"}", "{\"$ne\":null}", "[\"alice\"]", "\"{\\\"$gt\\\":\\\"\\\"}\"", "\"a\\r\\nb\""})
    void mongoOperatorAsId_isRefused(String id) {
        String query = "query($a:ID!){weeklyReport(author:$a,week:\\\"current\\\"){likes}}";

        HttpAnswer answer = post("{\"query\":\"" + query + "\",\"variables\":{\"a\":" + id + "}}");

        assertThat(answer.json().path("errors")).as(answer.text()).isNotEmpty();
        assertThat(answer.json().path("data").isNull()
                        || answer.json().path("data").isMissingNode())
                .isTrue();
    }

    /** The service inflates no body, so that the limit of 16 KiB applies to the query itself. */
    @Test
    void compressedQuery_returns400(CapturedOutput log) throws IOException {
        HttpAnswer answer = send(
                HttpMethod.POST,
                "/graphql",
                gzip("{\"query\":\"{__typename}\"}"),
                "Content-Type",
                JSON,
                "Content-Encoding",
                "gzip");

        assertThat(answer.status()).isEqualTo(400);
        assertDisclosesNothing(answer);
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    void eventStream_returns406_andLogsNothing(CapturedOutput log) {
        for (String body : List.of("{\"query\":\"{__typename}\"}", "nonsense")) {
            assertThat(send(HttpMethod.POST, "/graphql", body, "Content-Type", JSON, "Accept", "text/event-stream")
                            .status())
                    .isEqualTo(406);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
        assertThat(log).doesNotContain("onSubscribe");
    }

    @Test
    void unboundedBody_isCutOffAtTheLimit() throws IOException {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";

        String answer = HostileRequests.send(
                port,
                "POST /graphql",
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.repeat(6));

        HostileRequests.assertRefused("without end", answer);
    }

    private HttpAnswer post(Object body) {
        return send(HttpMethod.POST, "/graphql", body, "Content-Type", JSON);
    }

    private static void assertDisclosesNothing(HttpAnswer answer) {
        HostileRequests.assertLeaksNothing(answer.text(), "HTTP/1.1 " + answer.status() + " \r\n\r\n" + answer.text());
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
