package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.producer.like.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class ResultOptionsTest {

    private static final int UNKNOWN = -1;

    private final HttpHeaders headers = new HttpHeaders();

    @Test
    void directClient_receivesResultsWhileItWrites() {
        assertThat(ResultOptions.of(headers, UNKNOWN, false)).isEqualTo(new ResultOptions(false, false));

        headers.add("Prefer", "return=minimal");

        assertThat(ResultOptions.of(headers, UNKNOWN, false)).isEqualTo(new ResultOptions(true, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return=minimal",
                "RETURN=\"minimal\"",
                "wait=10, return=minimal; foo",
                "respond-async,return=minimal"
            })
    void preference_isFoundInAList_inAnySpelling(String preference) {
        headers.add("Prefer", preference);

        assertThat(ResultOptions.of(headers, UNKNOWN, false).isMinimal()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via", "x-real-ip"})
    void streamThroughAProxy_isHeld_ifItsResultsAreMinimal(String header) {
        headers.add(header, "anything");
        headers.add("Prefer", "return=minimal");

        assertThat(ResultOptions.of(headers, UNKNOWN, false)).isEqualTo(new ResultOptions(true, true));
    }

    @Test
    void streamThroughAProxy_withoutThePreference_isRefused() {
        headers.add("X-Forwarded-For", "10.0.0.1");

        assertRefused(false);
    }

    @Test
    void streamOverHttp10_isTreatedAsOneThroughAProxy() {
        assertRefused(true);

        headers.add("Prefer", "return=minimal");

        assertThat(ResultOptions.of(headers, UNKNOWN, true)).isEqualTo(new ResultOptions(true, true));
    }

    @Test
    void shortBodyThroughAProxy_needsNoPreference() {
        headers.add("X-Forwarded-For", "10.0.0.1");

        assertThat(ResultOptions.of(headers, ResultOptions.MAX_SHORT_BYTES, false))
                .isEqualTo(new ResultOptions(false, true));
        assertRefused(ResultOptions.MAX_SHORT_BYTES + 1, false);
    }

    /** The Content-Length of a compressed body bounds nothing, so its length is unknown. */
    @Test
    void bodyOfUnknownLengthThroughAProxy_needsThePreference_thoughItsContentLengthIsShort() {
        headers.add("X-Forwarded-For", "10.0.0.1");
        headers.setContentLength(10);

        assertRefused(UNKNOWN, false);
    }

    private void assertRefused(boolean isHttp10) {
        assertRefused(UNKNOWN, isHttp10);
    }

    private void assertRefused(long bodyLength, boolean isHttp10) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ResultOptions.of(headers, bodyLength, isHttp10))
                .withMessageContaining("`Prefer: return=minimal`")
                .satisfies(refusal -> assertThat(refusal.type().status.value()).isEqualTo(400));
    }
}
