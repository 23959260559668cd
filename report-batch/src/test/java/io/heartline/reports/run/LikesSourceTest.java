package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LikesSourceTest {

    @Test
    void requestTimeout_isTenSeconds_unlessSettingsHaveAnother() {
        assertThat(source(Map.of()).askingSettings()).containsEntry("request.timeout.ms", 10_000);
        assertThat(source(Map.of("request.timeout.ms", "3000")).askingSettings())
                .containsEntry("request.timeout.ms", "3000");
    }

    private static LikesSource source(Map<String, String> settings) {
        return new LikesSource(settings, "likes", "likes.dead", 1);
    }
}
