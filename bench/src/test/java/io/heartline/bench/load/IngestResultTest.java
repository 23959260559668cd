package io.heartline.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.bench.model.IngestTarget;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestResultTest {

    private static final IngestResult TAKEN = new IngestResult(1000, 3, 20.5, new Delays(0.25, 4, 8, 16.125));

    @Test
    void result_isEqualAfterTextAndParse() {
        assertThat(IngestResult.parse(TAKEN.text())).isEqualTo(TAKEN);
    }

    @ParameterizedTest
    @ValueSource(longs = {999, 1001})
    void logThatDiffersFromAcknowledgements_throwsWithBoth(long logged) {
        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> TAKEN.requireLogged(IngestTarget.node, logged))
                .withMessageContaining("node acknowledged 1,000 likes and refused 3")
                .withMessageContaining(Console.format("the log has %,d", logged));
        assertThatCode(() -> TAKEN.requireLogged(IngestTarget.node, 1000)).doesNotThrowAnyException();
    }
}
