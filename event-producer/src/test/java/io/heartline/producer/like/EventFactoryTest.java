package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An event's id follows from the caller, a key and the bytes. The key is the like's {@code id}, or comes from the request. */
class EventFactoryTest {

    private static final String LIKE = "{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"}";
    private static final String LIKE_WITH_ID = LIKE.replace("}", ",\"id\":\"k-1\"}");

    private final EventFactory factory = new EventFactory(new LikeParser(
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z")), Duration.ofDays(90), Duration.ofMinutes(5)));

    @Test
    void idOfASingleLike_actsAsTheKeyInTheHeader() {
        assertThat(single(null, LIKE_WITH_ID)).isEqualTo(single("k-1", LIKE_WITH_ID));
        assertThat(single(null, LIKE)).isNotEqualTo(single(null, LIKE));
    }

    @Test
    void idOfASingleLike_mustEqualTheKeyInTheHeader() {
        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> single("k-2", LIKE_WITH_ID));

        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_LIKE);
        assertThat(refusal.errors()).containsExactly(new FieldError("/id", null, null, "must equal Idempotency-Key"));
    }

    @Test
    void idOfAnItem_replacesKeyAndNumber() {
        String id = single(null, LIKE_WITH_ID);

        assertThat(item(null, 1, LIKE_WITH_ID)).isEqualTo(id);
        assertThat(item("k-2", 1, LIKE_WITH_ID)).isEqualTo(id);
        assertThat(item("k-2", 2, LIKE_WITH_ID)).isEqualTo(id);
    }

    @Test
    void itemWithoutId_hasTheRequestsKeyAndItsNumber() {
        assertThat(item("k-2", 7, LIKE)).isEqualTo(single("k-2/7", LIKE)).isNotEqualTo(item("k-2", 8, LIKE));
        assertThat(item(null, 7, LIKE)).isNotEqualTo(item(null, 7, LIKE));
    }

    private String single(@Nullable String key, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return factory.ofBody(request(key), bytes, 0, bytes.length).id();
    }

    private String item(@Nullable String key, long number, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return factory.ofItem(request(key), number, bytes, 0, bytes.length).id();
    }

    private static IngestRequest request(@Nullable String key) {
        return new IngestRequest(
                "app", key == null ? null : new IdempotencyKey(key), Preferences.NONE, RequestSpan.NOOP, null);
    }
}
