package io.heartline.web.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the parser with the examples of https://www.w3.org/TR/trace-context/#traceparent-header and with malformed values. */
class TraceParentTest {

    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN_ID = "00f067aa0ba902b7";
    private static final String IDS = TRACE_ID + "-" + SPAN_ID;

    @ParameterizedTest
    @CsvSource({"00,false", "01,true", "02,false", "03,true", "fe,false", "ff,true"})
    void lastFlagBit_determinesWhetherTheTraceIsSampled(String flags, boolean isSampled) {
        byte[] value = bytes("00-" + IDS + "-" + flags);

        assertThat(TraceParent.parse(value)).isEqualTo(new TraceParent(TRACE_ID, SPAN_ID, isSampled));
        assertThat(TraceParent.isSampled(value)).isEqualTo(isSampled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01-" + IDS + "-01", "cc-" + IDS + "-01-what-the-future-will-be-like", "fe-" + IDS + "-09"})
    void laterVersion_mayHaveMoreFields(String value) {
        assertThat(TraceParent.parse(bytes(value))).isEqualTo(new TraceParent(TRACE_ID, SPAN_ID, true));
        assertThat(TraceParent.isSampled(bytes(value))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + IDS,
                "00-" + IDS + "-1",
                "00-" + IDS + "-01-more",
                "00-" + IDS + "-011",
                "01-" + IDS + "-011",
                "ff-" + IDS + "-01",
                "0g-" + IDS + "-01",
                "00-" + IDS + "-0g",
                "00-" + IDS + "-0F",
                "00_" + IDS + "-01",
                "00-" + TRACE_ID + "_" + SPAN_ID + "-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN_ID + "-01",
                "00-" + TRACE_ID + "-00F067AA0BA902B7-01",
                "00-00000000000000000000000000000000-" + SPAN_ID + "-01",
                "00-" + TRACE_ID + "-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-" + SPAN_ID + "-011",
                " 00-" + IDS + "-01",
            })
    void malformedValue_isIgnored(String value) {
        assertThat(TraceParent.parse(bytes(value))).isNull();
        assertThat(TraceParent.isSampled(bytes(value))).isFalse();
    }

    @Test
    void withoutHeader_thereIsNoTrace() {
        assertThat(TraceParent.parse(null)).isNull();
        assertThat(TraceParent.isSampled(null)).isFalse();
    }

    private static byte[] bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
