package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEventJson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloodTest {

    @ParameterizedTest
    @ValueSource(strings = {"author-1", "author-9999"})
    void aLike_isOf160BytesWhoeverIsLiked(String author) {
        assertThat(LikeEventJson.encode(Flood.like(author))).hasSize(Flood.EVENT_BYTES);
    }
}
