package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StreamPhaseTest {

    @ParameterizedTest
    @CsvSource({
        "READING, STOPPING",
        "DISCARDING, ABANDONED",
        "STOPPING, STOPPING",
        "REFUSED, REFUSED",
        "ABANDONED, ABANDONED"
    })
    void afterStop_noPhaseReadsOn_andARefusedStreamStaysRefused(StreamPhase before, StreamPhase after) {
        assertThat(before.afterStop()).isEqualTo(after);
        assertThat(after.isStopping).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "READING, DISCARDING",
        "DISCARDING, DISCARDING",
        "STOPPING, ABANDONED",
        "REFUSED, ABANDONED",
        "ABANDONED, ABANDONED"
    })
    void afterTooManyHeldResults_everyPhaseDiscards(StreamPhase before, StreamPhase after) {
        assertThat(before.afterTooManyHeldResults()).isEqualTo(after);
        assertThat(after.isDiscarding).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void stoppedStream_neverReadsAgain(StreamPhase phase) {
        StreamPhase stopped = phase.afterStop();

        assertThat(stopped.afterTooManyHeldResults().isStopping).isTrue();
    }

    @Test
    void readingStream_neitherDiscardsNorStops() {
        assertThat(StreamPhase.READING.isDiscarding).isFalse();
        assertThat(StreamPhase.READING.isStopping).isFalse();
    }
}
