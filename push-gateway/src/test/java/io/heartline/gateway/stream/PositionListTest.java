package io.heartline.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionListTest {

    @Test
    void text_isInOrderOfPartition() {
        PositionList list = PositionList.parse("k3f9-10-7,k3f9-2-start,k3f9-0-1");

        assertThat(list).hasToString("k3f9-0-1,k3f9-2-start,k3f9-10-7");
        assertThat(list.of(2)).isEqualTo(new Position("k3f9", 2, Position.BEFORE_FIRST));
        assertThat(list.of(1)).isNull();
        assertThat(list.epoch()).isEqualTo("k3f9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "k3f9-2-9 | k3f9-0-1,k3f9-2-9,k3f9-4-1",
                "k3f9-0-9 | k3f9-0-9,k3f9-2-1,k3f9-4-1",
                "k3f9-4-9 | k3f9-0-1,k3f9-2-1,k3f9-4-9",
                "k3f9-3-9 | k3f9-0-1,k3f9-2-1,k3f9-3-9,k3f9-4-1",
                "k3f9-5-9 | k3f9-0-1,k3f9-2-1,k3f9-4-1,k3f9-5-9"
            })
    void with_replacesOrAddsThePositionOfOnePartition(String position, String expected) {
        PositionList list = PositionList.parse("k3f9-0-1,k3f9-2-1,k3f9-4-1");

        assertThat(list.with(Position.parse(position))).isEqualTo(PositionList.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "k3f9-0-1,",
                ",k3f9-0-1",
                "k3f9-0-1, k3f9-1-1",
                "k3f9-0-1,k3f9-0-2",
                "k3f9-0-1,other-1-1"
            })
    void malformedText_isRefused(String text) {
        assertThatThrownBy(() -> PositionList.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
