package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FollowersTest {

    @Test
    void moreOpenFilesThanAProcessMayHave_areRefusedBeforeAnybodyConnects() {
        assertThatCode(() -> Followers.requireFiles(1)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Followers.requireFiles(Integer.MAX_VALUE))
                .isInstanceOf(CannotMeasureException.class)
                .hasMessageContaining("2,147,483,647 more open files")
                .hasMessageContaining("ulimit -Hn");
    }
}
