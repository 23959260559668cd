package io.heartline.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ReadMethodTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"nobody", "websocket", "sse", "long-poll", "poll-1", "poll-60", "report-300", "live-report-1"})
    void validName_isParsed(String name) {
        assertThat(ReadMethod.of(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "poll",
                "poll-0",
                "poll-1s",
                "report",
                "live-report",
                "websocket-5",
                "LONG_POLL",
                "carrier-pigeon"
            })
    void invalidName_isRejectedWithTheValidOnes(String name) {
        assertThatThrownBy(() -> ReadMethod.of(name))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("poll-<seconds>")
                .hasMessageEndingWith("'" + name + "'");
    }

    @Test
    void pollingClients_makeTheRequestedRateTogether() {
        assertThat(ReadMethod.of("poll-60").clients(4000, 1000, 100)).isEqualTo(6000);
        assertThat(ReadMethod.of("poll-1").clients(4000, 1000, 100)).isEqualTo(100);
        assertThat(ReadMethod.of("report-30").clients(4000, 1000, 100)).isEqualTo(3000);
        assertThat(ReadMethod.of("long-poll").clients(4000, 1000, 100)).isEqualTo(1000);
        assertThat(ReadMethod.of("websocket").clients(4000, 1000, 100)).isEqualTo(4000);
        assertThat(ReadMethod.of("live-report-5").clients(4000, 1000, 100)).isEqualTo(4000);
    }
}
