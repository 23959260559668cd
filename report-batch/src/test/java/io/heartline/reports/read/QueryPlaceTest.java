package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.reports.BusyException;
import org.junit.jupiter.api.Test;

class QueryPlaceTest {

    private final Places heavy = new Places(1, "read many reports with one query");
    private final QueryPlace place = new QueryPlace(heavy);

    @Test
    void aHeavyQuery_takesOnePlace_andGivesItBack() {
        place.take();
        place.take();
        assertThat(heavy.taken()).isEqualTo(1);

        place.giveBack();

        assertThat(heavy.taken()).isZero();
    }

    @Test
    void aLightQuery_givesNothingBack() {
        place.giveBack();

        assertThat(heavy.taken()).isZero();
    }

    @Test
    void noPlaceIsFree_isBusy_andNothingIsGivenBack() {
        heavy.enter();

        assertThatExceptionOfType(BusyException.class).isThrownBy(place::take);
        place.giveBack();

        assertThat(heavy.taken()).isEqualTo(1);
    }

    /** A client may disconnect before its query is looked at. */
    @Test
    void afterTheRequestHasEnded_noPlaceIsTaken() {
        place.giveBack();

        place.take();

        assertThat(heavy.taken()).isZero();
    }
}
