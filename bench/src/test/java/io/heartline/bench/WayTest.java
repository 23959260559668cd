package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class WayTest {

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "websocket", "sse", "long-poll", "poll-1", "poll-60", "report-300"})
    void aWay_isReadAsItIsNamed(String name) {
        assertThat(Way.of(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "poll", "poll-0", "poll-1s", "report", "websocket-5", "LONG_POLL", "carrier-pigeon"})
    void whatIsNone_isRefusedWithThoseThatThereAre(String name) {
        assertThatThrownBy(() -> Way.of(name))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("poll-<seconds>")
                .hasMessageEndingWith("'" + name + "'");
    }

    @Test
    void whoAsks_isAsManyAsMakeSoManyRequestsASecond_andWhoWaitsIsAsMany() {
        assertThat(Way.of("poll-60").clients(4000, 1000, 100)).isEqualTo(6000);
        assertThat(Way.of("poll-1").clients(4000, 1000, 100)).isEqualTo(100);
        assertThat(Way.of("report-30").clients(4000, 1000, 100)).isEqualTo(3000);
        assertThat(Way.of("long-poll").clients(4000, 1000, 100)).isEqualTo(1000);
        assertThat(Way.of("websocket").clients(4000, 1000, 100)).isEqualTo(4000);
    }
}
