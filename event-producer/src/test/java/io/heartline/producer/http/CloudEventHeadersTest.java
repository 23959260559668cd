package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.events.LikeEvent;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.like.CloudEventFactory;
import io.heartline.producer.like.FieldError;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.Preferences;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class CloudEventHeadersTest {

    private static final IngestRequest REQUEST =
            new IngestRequest("app", null, Preferences.NONE, RequestSpan.NOOP, null);

    private final CloudEventFactory factory =
            new CloudEventFactory(new LikeParser(InstantSource.system(), Duration.ofDays(90), Duration.ofMinutes(5)));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "a-1|a-1",
                "Euro%20%E2%82%AC%20%F0%9F%98%80|Euro \u20ac \ud83d\ude00",
                "%e2%82%ac|\u20ac",
                "%61%2D1|a-1",
                "%2541|%41",
                "a b|a b",
                "\"a b\"|a b",
                "\"a\\\"\\\\b\"|a\"\\b",
                "\"%C3%A4\"|\u00e4",
                "\"\"|''",
                "''|''",
                "a\\b|a\\b",
                "%22|\"",
            })
    void header_isUnquotedAndThenPercentDecodedOnce(String header, String value) {
        assertThat(CloudEventHeaders.decode(header)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "%4",
                "a%4",
                "%zz",
                "%4g",
                "%-1",
                "%C0%A0",
                "%ED%A0%80",
                "%E2%82",
                "%80",
                "\u00e4",
                "a\u0001",
                "\t.\t.",
                "\"",
                "\"a",
                "a\"",
                "a\"b",
                "\"a\"b",
                "\"a\"b\"",
                "\"a\\\"",
                "\"\\"
            })
    void malformedHeader_isRefused(String header) {
        assertThat(CloudEventHeaders.decode(header)).isNull();
    }

    @Test
    void malformedOrRepeatedHeader_isNamedOnce_besideTheOtherErrors() {
        HttpHeaders headers = headers();
        headers.set("ce-id", "%C0%A0");
        headers.add("ce-source", "/other");
        headers.set("ce-time", "\"");

        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> read(headers, "{}"));

        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_LIKE);
        assertThat(refusal.errors())
                .contains(
                        FieldError.ofHeader("ce-id", "must be percent-encoded UTF-8"),
                        FieldError.ofHeader("ce-source", "must be given once"),
                        FieldError.ofHeader("ce-time", "must be percent-encoded UTF-8"),
                        FieldError.ofField("postId", "is missing"))
                .hasSize(6);
    }

    @Test
    void encodedAndPlainHeaders_giveTheSameEvent() {
        HttpHeaders headers = headers();
        String id = read(headers, LikeBodies.like("alice", "bob")).id();
        headers.set("ce-id", "%61-1");
        headers.set("ce-source", "\"/a\\pp\"");
        headers.set("ce-datacontenttype", "text/plain");
        headers.set("ce-mood", "%");

        assertThat(read(headers, LikeBodies.like("alice", "bob")).id()).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce-specversion", "CE-ID", "ce-source", "Ce-Type"})
    void oneHeaderOfARequiredAttribute_makesACloudEvent(String name) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(name, "");

        assertThat(CloudEventHeaders.arePresent(headers)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce-time", "ce-subject", "ce", "id", "x-ce-id"})
    void otherHeaders_makeNoCloudEvent(String name) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(name, "a");

        assertThat(CloudEventHeaders.arePresent(headers)).isFalse();
        CloudEventHeaders.requireNone(headers, "a stream");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", " \r\n\t[{}]", "["})
    void arrayAsBody_isRefused_andAHeaderNamed(String body) {
        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> read(headers(), body));

        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_HEADER);
        assertThat(refusal).hasMessage("ce-specversion must not be given with a JSON array.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "x[", "\"[\""})
    void otherBody_isNoArray(String body) {
        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> read(headers(), body));

        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_LIKE);
        assertThat(refusal.errors()).extracting(FieldError::pointer).containsExactly("");
    }

    private LikeEvent read(HttpHeaders headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return CloudEventHeaders.reader(headers, factory).read(REQUEST, bytes, 0, bytes.length);
    }

    private static HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        headers.set("ce-specversion", "1.0");
        headers.set("ce-id", "a-1");
        headers.set("ce-source", "/app");
        headers.set("ce-type", "io.heartline.liked");
        return headers;
    }
}
