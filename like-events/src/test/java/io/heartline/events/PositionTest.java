package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    @Test
    void toString_thenParse_returnsTheSamePosition() {
        Position position = new Position("k3f9", 3, 1042);

        assertThat(position).hasToString("k3f9-3-1042");
        assertThat(Position.parse("k3f9-3-1042")).isEqualTo(position);
        assertThat(position.nextOffset()).isEqualTo(1043);
    }

    @Test
    void positionBeforeFirstRecord_isWrittenAsStart() {
        Position start = new Position("k3f9", 3, Position.BEFORE_FIRST);

        assertThat(start).hasToString("k3f9-3-start");
        assertThat(Position.parse("k3f9-3-start")).isEqualTo(start);
        assertThat(start.nextOffset()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "k3f9",
                "k3f9-3",
                "k3f9-3-",
                "k3f9-3--1",
                "k3f9-03-1",
                "k3f9-3-01",
                "K3F9-3-1",
                "k3f9-3-1 ",
                "k3f9-3-end",
                "k3f9-9999999999-1",
                "k3f9-3-9999999999999999999"
            })
    void parse_malformedText_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Position.parse(text));
    }
}
