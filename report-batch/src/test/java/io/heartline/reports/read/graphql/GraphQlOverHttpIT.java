package io.heartline.reports.read.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.HostileRequests;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;

/** The required form of a POST to {@code /graphql}, and the problems that other requests receive. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class GraphQlOverHttpIT extends AbstractReadApiIT {

    private static final String QUERY = "{\"query\":\"{__typename}\"}";
    private static final String JSON = "application/json";
    private static final String GRAPHQL_RESPONSE = "application/graphql-response+json";

    private HttpAnswer post(String body, String... headers) {
        return send(HttpMethod.POST, "/graphql", body, headers);
    }

    private static void assertProblem(int status, String detail, HttpAnswer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.mediaType()).isEqualTo("application/problem+json");
        assertThat(answer.json().path("status").intValue()).isEqualTo(status);
        assertThat(answer.json().path("detail").stringValue()).isEqualTo(detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {JSON, "application/json;charset=UTF-8", "Application/JSON; charset=\"utf-8\""})
    void jsonObject_isAnswered(String type) {
        HttpAnswer answer = post(QUERY, "Content-Type", type);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.mediaType()).isEqualTo(JSON);
        assertThat(answer.json().at("/data/__typename").stringValue()).isEqualTo("Query");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/graphql",
                "application/graphql;charset=UTF-8",
                "application/graphql+json",
                "application/graphql-response+json",
                "application/*",
                "application/x-www-form-urlencoded",
                "text/plain",
                "text/json",
            })
    void anotherMediaType_returns415WithTheAcceptedType(String type) {
        HttpAnswer answer = post(QUERY, "Content-Type", type);

        assertProblem(415, "Content-Type must be application/json.", answer);
        assertThat(answer.headers().getFirst("Accept")).isEqualTo(JSON);
        assertThat(answer.json().at("/errors/0/header").stringValue()).isEqualTo("Content-Type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Type:\r\n", "Content-Type: nonsense\r\n", "Content-Type: ;;\r\n"})
    void missingOrInvalidMediaType_returns415(String header) throws IOException {
        String answer = HostileRequests.send(port, "POST /graphql", header + "Content-Length: 24\r\n\r\n" + QUERY);

        assertThat(answer)
                .startsWith("HTTP/1.1 415 ")
                .contains("\"detail\":\"Content-Type must be application/json.\"");
    }

    /**
     * Spring's handler of {@code application/graphql} creates a logger for each request, and Logback keeps every logger.
     */
    @Test
    void requests_createNoLoggers_andLogNothing(CapturedOutput log) {
        String[] types = {"application/graphql", "application/graphql;charset=UTF-8", JSON, "text/plain"};
        String[] bodies = {QUERY, "x", "null"};
        for (String type : types) {
            post(QUERY, "Content-Type", type);
        }
        int loggers = loggers();
        int lines = log.getAll().length();

        for (int i = 0; i < 100; i++) {
            for (String type : types) {
                for (String body : bodies) {
                    post(body, "Content-Type", type);
                }
            }
        }

        assertThat(loggers()).isEqualTo(loggers);
        assertThat(log.getAll().substring(lines)).isEmpty();
    }

    private static int loggers() {
        return ((LoggerContext) LoggerFactory.getILoggerFactory())
                .getLoggerList()
                .size();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                " ",
                "null",
                "[]",
                "[{\"query\":\"{__typename}\"}]",
                "5",
                "true",
                "\"{__typename}\"",
                "{__typename}",
                "{\"query\":\"{__typename}\"",
                "{\"query\":\"{__typename}\"}}",
                "{\"query\":\"{__typename}\"} {}",
            })
    void bodyThatIsNotAJsonObject_returns400_namingTheExpectedForm(String body) {
        HttpAnswer answer = post(body, "Content-Type", JSON);

        assertProblem(400, "The body must be a JSON object such as {\"query\":\"{__typename}\"}.", answer);
        assertThat(answer.json().at("/errors/0/pointer").stringValue()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{}; /query; query must be a string that contains a query.",
                "{\"query\":null}; /query; query must be a string that contains a query.",
                "{\"query\":5}; /query; query must be a string that contains a query.",
                "{\"query\":\" \"}; /query; query must be a string that contains a query.",
                "{\"query\":[\"{__typename}\"]}; /query; query must be a string that contains a query.",
                "{\"query\":\"{__typename}\",\"operationName\":false}; /operationName; operationName must be a string or null.",
                "{\"query\":\"{__typename}\",\"operationName\":5}; /operationName; operationName must be a string or null.",
                "{\"query\":\"{__typename}\",\"variables\":[]}; /variables; variables must be an object or null.",
                "{\"query\":\"{__typename}\",\"variables\":\"{}\"}; /variables; variables must be an object or null.",
                "{\"query\":\"{__typename}\",\"extensions\":\"x\"}; /extensions; extensions must be an object or null.",
                "{\"operationName\":{},\"query\":\"{__typename}\",\"variables\":0}; /operationName;"
                        + " operationName must be a string or null. variables must be an object or null.",
            })
    void memberOfAnotherType_returns400NamingIt(String body, String pointer, String detail) {
        HttpAnswer answer = post(body, "Content-Type", JSON);

        assertProblem(400, detail, answer);
        assertThat(answer.json().at("/errors/0/pointer").stringValue()).isEqualTo(pointer);
    }

    @Test
    void nullOrUnknownMembers_areIgnored() {
        HttpAnswer answer = post(
                "{\"query\":\"{__typename}\",\"operationName\":null,\"variables\":null,\"extensions\":null,\"id\":7}",
                "Content-Type",
                JSON);

        assertThat(answer.json().at("/data/__typename").stringValue()).isEqualTo("Query");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post"})
    void anotherMethod_returns405WithAllow(String method) throws IOException {
        String answer = HostileRequests.send(port, method + " /graphql", "Content-Type: application/json\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 405 ").containsIgnoringCase("\r\nAllow: POST\r\n");
    }

    @Test
    void options_listTheAllowedMethods() {
        HttpAnswer answer = send(HttpMethod.OPTIONS, "/graphql", null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().getAllow()).containsExactlyInAnyOrder(HttpMethod.POST, HttpMethod.OPTIONS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | " + JSON,
                "application/* | " + JSON,
                "application/json | " + JSON,
                "text/html, */*;q=0.1 | " + JSON,
                GRAPHQL_RESPONSE + " | " + GRAPHQL_RESPONSE,
                GRAPHQL_RESPONSE + ", application/json | " + GRAPHQL_RESPONSE,
                "application/json, " + GRAPHQL_RESPONSE + ";q=0.9 | " + JSON,
            })
    void accept_selectsTheResponseMediaType(String accept, String type) {
        HttpAnswer answer = post(QUERY, "Content-Type", JSON, "Accept", accept);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.mediaType()).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/html", "text/event-stream", "application/graphql+json", "image/png", "nonsense", ";;"})
    void unacceptableMediaType_returns406(String accept) {
        HttpAnswer answer = post(QUERY, "Content-Type", JSON, "Accept", accept);

        assertThat(answer.status()).as(answer.text()).isEqualTo(406);
        assertThat(answer.mediaType()).isEqualTo("application/problem+json");
        assertThat(answer.json().path("status").intValue()).isEqualTo(406);
    }

    /** GraphQL over HTTP requires that the status shows, for its own media type, whether the query was executed. */
    @Test
    void queryThatIsNotExecuted_returns400OnlyAsGraphQlResponseJson() {
        String invalid = "{\"query\":\"{nosuch}\"}";
        String malformedWeek = "{\"query\":\"{topAuthors(week:\\\"next\\\"){likes}}\"}";

        assertThat(post(invalid, "Content-Type", JSON).status()).isEqualTo(200);
        assertThat(post(invalid, "Content-Type", JSON, "Accept", GRAPHQL_RESPONSE)
                        .status())
                .isEqualTo(400);
        assertThat(post(malformedWeek, "Content-Type", JSON, "Accept", GRAPHQL_RESPONSE)
                        .status())
                .as("the query is executed, and its data is null")
                .isEqualTo(200);
    }
}
