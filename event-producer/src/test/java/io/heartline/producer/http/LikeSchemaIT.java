package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.TestIssuer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema of a like, which needs no token. */
class LikeSchemaIT {

    private static final String PATH = "/v1/likes/schema";
    private static final RunningProducer OPEN = RunningProducer.on(Backends.unique("likes"));
    private static final RunningProducer WITH_TOKENS =
            RunningProducer.on(Backends.unique("likes"), new TestIssuer().settings());

    @AfterAll
    static void stop() {
        OPEN.close();
        WITH_TOKENS.close();
    }

    private static RunningProducer producer(String mode) {
        return mode.equals("open") ? OPEN : WITH_TOKENS;
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "jwt"})
    void get_returnsTheSchema_withoutAToken(String mode) throws Exception {
        HttpResponse<String> answer = producer(mode).get(PATH);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/schema+json");
        assertThat(RunningProducer.json(answer))
                .isEqualTo(Contract.of("like.schema.json").node());
        assertThat(RunningProducer.json(answer).path("$id").stringValue()).isEqualTo("urn:heartline:schema:like");
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "jwt"})
    void head_returnsTheHeaders(String mode) throws Exception {
        RunningProducer producer = producer(mode);
        HttpResponse<String> head = producer.send("HEAD", PATH);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("ETag"))
                .isPresent()
                .isEqualTo(producer.get(PATH).headers().firstValue("ETag"));
    }

    @Test
    void schemaThatTheClientHas_returns304() throws Exception {
        String etag = OPEN.get(PATH).headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> known = OPEN.send("GET", PATH, "If-None-Match", etag);
        HttpResponse<String> other = OPEN.send("GET", PATH, "If-None-Match", "\"other\"");

        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(other.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void otherMethod_returns405WithAllow(String method) throws Exception {
        for (RunningProducer producer : List.of(OPEN, WITH_TOKENS)) {
            HttpResponse<String> answer = producer.send(method, PATH);

            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow").orElse("")).contains("GET");
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
    }
}
