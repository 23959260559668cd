package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.events.Identifier;
import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.util.UriComponentsBuilder;

/** The event of a like in a URL, the errors of an invalid one, and the ids under an idempotency key. */
class LikeUrlTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123Z");
    private static final String LONGEST_ID = "x".repeat(Identifier.MAX_LENGTH);

    private final EventFactory factory =
            new EventFactory(new LikeParser(InstantSource.fixed(NOW), Duration.ofDays(90), Duration.ofMinutes(5)));

    @Test
    void type_followsFromTheMethod_andTimeIsNowByDefault() {
        LikeEvent liked = event(null, true, "p-1", "bob", "author=alice");
        LikeEvent unliked = event(null, false, "p-1", "bob", "author=alice");

        assertThat(liked).isEqualTo(new Liked(liked.id(), "p-1", "alice", "bob", NOW));
        assertThat(unliked).isEqualTo(new Unliked(unliked.id(), "p-1", "alice", "bob", NOW));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-24T10:00:00Z,          2026-11-24T10:00:00Z",
        "2026-11-24T11:00:00.5+01:00,   2026-11-24T10:00:00.500Z",
        "2026-11-24T10:05:00.123Z,      2026-11-24T10:05:00.123Z",
        "2026-08-26T10:00:00.123Z,      2026-08-26T10:00:00.123Z",
    })
    void validAt_isTheTimeOfTheEvent(String text, Instant at) {
        assertThat(event(null, true, "p-1", "bob", "author=alice&at=" + text).at())
                .isEqualTo(at);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';author;is missing",
                "author;author;" + Identifier.RULE,
                "author=;author;" + Identifier.RULE,
                "author=a b;author;" + Identifier.RULE,
                "author=..;author;" + Identifier.RULE,
                "author=alice&author=alice;author;is given more than once",
                "author=alice&at;at;must be an ISO-8601 instant such as 2026-11-24T10:00:00.123Z, from 1970 to 9999",
                "author=alice&at=yesterday;at;must be an ISO-8601 instant such as 2026-11-24T10:00:00.123Z, from 1970 to 9999",
                "author=alice&at=2026-11-24T10:05:00.124Z;at;must not lie more than 5 minutes ahead of now",
                "author=alice&at=2026-08-26T10:00:00.122Z;at;must not lie more than 90 days back",
                "author=alice&at=2026-11-24T10:00:00Z&at=2026-11-24T10:00:00Z;at;is given more than once",
            })
    void invalidParameter_isNamed(String query, String parameter, String detail) {
        assertThat(errors(Preferences.NONE, "p-1", "bob", query))
                .containsExactly(FieldError.ofParameter(parameter, detail));
    }

    @Test
    void allErrors_areListedTogether() {
        assertThat(errors(Preferences.NONE, "p/1", "b b", "at=x"))
                .extracting(FieldError::parameter)
                .containsExactlyInAnyOrder("postId", "author", "likerId", "at");
    }

    @Test
    void idsOf128Characters_areAccepted_andOf129Refused() {
        LikeEvent event = event(null, true, LONGEST_ID, LONGEST_ID, "author=" + LONGEST_ID);

        assertThat(event.postId()).isEqualTo(LONGEST_ID);
        assertThat(errors(Preferences.NONE, LONGEST_ID + "x", LONGEST_ID + "x", "author=x" + LONGEST_ID))
                .extracting(FieldError::parameter)
                .containsExactlyInAnyOrder("postId", "author", "likerId");
    }

    @Test
    void unknownParameter_isIgnored_unlessHandlingIsStrict() {
        Preferences strict = new Preferences(false, true);
        String longName = "x".repeat(129);

        assertThat(event(null, true, "p-1", "bob", "author=alice&mood=1").postId())
                .isEqualTo("p-1");
        assertThat(errors(strict, "p-1", "bob", "author=alice&mood=1&mood=2&" + longName + "=1"))
                .containsExactly(
                        FieldError.ofParameter("mood", "is unknown"),
                        FieldError.ofParameter("", "has an unknown field, whose name is over 128 characters"));
    }

    @Test
    void withoutKey_everyRequestIsANewEvent() {
        assertThat(event(null, true, "p-1", "bob", "author=alice").id())
                .isNotEqualTo(event(null, true, "p-1", "bob", "author=alice").id());
    }

    /** The ids are constants, because another build and another instance must compute the same ids. */
    @Test
    void underAKey_theIdFollowsFromTheRequest() {
        String at = "&at=2026-11-24T10:00:00Z";

        assertThat(event("k-1", true, "p-1", "bob", "author=alice").id())
                .isEqualTo("1b436dab-24bc-5a4e-9e76-f117edf23e13");
        assertThat(event("k-1", false, "p-1", "bob", "author=alice" + at).id())
                .isEqualTo("fb834a88-f885-5d1b-bd38-62e9227ff1fc");
        assertThat(event("k-1", true, "p-1", "bob", "mood=1&author=alice").id())
                .as("an unknown parameter does not count")
                .isEqualTo("1b436dab-24bc-5a4e-9e76-f117edf23e13");
    }

    @Test
    void otherCallerKeyTypeIdOrTime_givesAnotherId_alsoIfTheConcatenationIsEqual() {
        String at = "&at=2026-11-24T10:00:00Z";
        Set<String> seen = new HashSet<>();
        seen.add(event("k-1", true, "p-1", "bob", "author=alice").id());
        seen.add(event("k-2", true, "p-1", "bob", "author=alice").id());
        seen.add(event("k-1", false, "p-1", "bob", "author=alice").id());
        seen.add(event("k-1", true, "p-1", "bo", "author=alice").id());
        seen.add(event("k-1", true, "p-1b", "ob", "author=alice").id());
        seen.add(event("k-1", true, "p-", "bob", "author=1alice").id());
        seen.add(event("k-1", true, "p-1", "ebob", "author=alic").id());
        seen.add(event("k-1", true, "alice", "bob", "author=p-1").id());
        seen.add(event("k-1", true, "p-1", "bob", "author=alice" + at).id());
        seen.add(event("k-1", true, "p-1", "bob", "author=alice" + at.replace("Z", ".0Z"))
                .id());
        seen.add(event("k-1", true, "p-1", "bob2026-11-24T10:00:00Z", "author=alice")
                .id());
        seen.add(factory.ofUrl(request("ap", "pk-1", Preferences.NONE), url(true, "p-1", "bob", "author=alice"))
                .id());
        seen.add(factory.ofUrl(request("appk", "-1", Preferences.NONE), url(true, "p-1", "bob", "author=alice"))
                .id());

        assertThat(seen).hasSize(13);
    }

    @Test
    void sameLikeInABody_hasAnotherId() {
        byte[] body =
                "{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(factory.ofBody(request("app", "k-1", Preferences.NONE), body, 0, body.length)
                        .id())
                .isNotEqualTo(event("k-1", true, "p-1", "bob", "author=alice").id());
    }

    private LikeEvent event(@Nullable String key, boolean isLiked, String postId, String likerId, String query) {
        return factory.ofUrl(request("app", key, Preferences.NONE), url(isLiked, postId, likerId, query));
    }

    private List<FieldError> errors(Preferences preferences, String postId, String likerId, String query) {
        RefusedException refusal = catchThrowableOfType(
                RefusedException.class,
                () -> factory.ofUrl(request("app", null, preferences), url(true, postId, likerId, query)));
        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_LIKE);
        return refusal.errors();
    }

    private static LikeUrl url(boolean isLiked, String postId, String likerId, String query) {
        return new LikeUrl(
                isLiked,
                postId,
                likerId,
                UriComponentsBuilder.newInstance().query(query).build().getQueryParams());
    }

    private static IngestRequest request(String caller, @Nullable String key, Preferences preferences) {
        return new IngestRequest(
                caller, key == null ? null : new IdempotencyKey(key), preferences, RequestSpan.NOOP, null);
    }
}
