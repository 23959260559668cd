package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class FiguresTest {

    private static final Figures FIGURES = Figures.of(1100, 50, 1000, 50, 900, 1000, 100, 200, 300, 400, 0, 0, 0);

    @Test
    void figures_areTheSameAfterTheyWereSentAsText() {
        assertThat(Figures.parse(FIGURES.text() + "\n")).isEqualTo(FIGURES);
    }

    @Test
    void aFigureThatIsOffByOne_isRefusedWithBoth() {
        Figures less = Figures.of(1100, 50, 1000, 50, 900, 1000, 100, 200, 300, 399, 0, 0, 0);

        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> less.requireEqual("streams", FIGURES, 0))
                .withMessageContaining("streams")
                .withMessageContaining("399")
                .withMessageContaining("400");
    }

    @Test
    void anEstimate_mayBeOffByItsErrorAndACountOfRecordsByNothing() {
        Figures estimate = Figures.of(1100, 50, 1010, 50, 892, 1010, 101, 202, 303, 404, 0, 0, 0);
        Figures miscount = Figures.of(1101, 50, 1000, 50, 900, 1000, 100, 200, 300, 400, 0, 0, 0);

        assertThatCode(() -> estimate.requireEqual("report-batch", FIGURES, 0.01))
                .doesNotThrowAnyException();
        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> estimate.requireEqual("report-batch", FIGURES, 0.009));
        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> miscount.requireEqual("report-batch", FIGURES, 0.01));
    }
}
