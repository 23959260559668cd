package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TakenTest {

    private static final Taken TAKEN = new Taken(1000, 3, 20.5, new Delays(0.25, 4, 8, 16.125));

    @Test
    void whatWasTaken_isTheSameAfterItWasSentAsText() {
        assertThat(Taken.parse(TAKEN.text())).isEqualTo(TAKEN);
    }

    @ParameterizedTest
    @ValueSource(longs = {999, 1001})
    void aLogWithAnythingElseThanWasAcknowledged_isRefusedWithBoth(long logged) {
        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> TAKEN.requireLogged(IngestTarget.node, logged))
                .withMessageContaining("node acknowledged 1,000 likes and refused 3")
                .withMessageContaining(Console.format("the log has %,d", logged));
        assertThatCode(() -> TAKEN.requireLogged(IngestTarget.node, 1000)).doesNotThrowAnyException();
    }
}
