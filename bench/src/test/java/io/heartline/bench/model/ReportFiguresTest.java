package io.heartline.bench.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.bench.result.CannotMeasureException;
import org.junit.jupiter.api.Test;

class ReportFiguresTest {

    private static final ReportFigures EXPECTED = figures(1100, 1000, 400);

    private static ReportFigures figures(long liked, long likes, long firstDay) {
        ReportFigures figures = new ReportFigures();
        figures.add("liked", liked);
        figures.add("likes", likes);
        figures.add("day0", firstDay);
        return figures;
    }

    @Test
    void figureOffByOne_throwsWithBoth() {
        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> figures(1100, 1000, 399).requireEqual(EXPECTED, 0))
                .withMessageContaining("day0=399")
                .withMessageContaining("day0=400");
    }

    @Test
    void estimate_mayBeOffByItsError_butNotTheNumberOfEvents() {
        ReportFigures estimate = figures(1100, 1010, 404);

        assertThatCode(() -> estimate.requireEqual(EXPECTED, 0.01)).doesNotThrowAnyException();
        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> estimate.requireEqual(EXPECTED, 0.009));
        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> figures(1101, 1000, 400).requireEqual(EXPECTED, 0.01));
    }
}
