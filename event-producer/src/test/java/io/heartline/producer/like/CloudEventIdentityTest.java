package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Caller, source, id and the like give the event's id. The way in which a client writes them does not matter. */
class CloudEventIdentityTest {

    private static final String LIKE = like("p-1", "alice", "bob");
    private static final String TIME = ",\"time\":\"2026-11-24T10:00:00.123Z\"";

    private final CloudEventFactory factory = new CloudEventFactory(new LikeParser(
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.123Z")),
            Duration.ofDays(90),
            Duration.ofMinutes(5)));

    /** The ids are constants, because another build and another instance must compute the same ids. */
    @Test
    void eventId_isAUuidOfVersion5_thatNeverChanges() {
        String id = id("app", event("a-1", "/app", "liked", LIKE));

        assertThat(id).isEqualTo("6e645782-e8ce-53f0-863c-3816d60cb7d7");
        assertThat(UUID.fromString(id).version()).isEqualTo(5);
        assertThat(id("app", event("a-1", "/app", "liked", LIKE, TIME)))
                .isEqualTo("ae84e2ea-ea69-5052-b644-9a52e0cd96ba");
    }

    @Test
    void otherCallerAttributeOrField_givesAnotherId_alsoIfTheirConcatenationIsEqual() {
        List<String> ids = List.of(
                id("app", event("a-1", "/app", "liked", LIKE)),
                id("ap", event("a-1", "p/app", "liked", LIKE)),
                id("app/", event("a-1", "app", "liked", LIKE)),
                id("app", event("1", "/appa-", "liked", LIKE)),
                id("app", event("a-1l", "/app", "liked", LIKE)),
                id("app", event("a-1", "/app", "unliked", LIKE)),
                id("app", event("a-1", "/app", "liked", like("p-", "1alice", "bob"))),
                id("app", event("a-1", "/app", "liked", like("p-1", "aliceb", "ob"))),
                id("app", event("a-1", "/app", "liked", like("p-1", "bob", "alice"))),
                id("app", event("a-1", "/app", "liked", LIKE, TIME)),
                id("app", event("a-1", "/app", "liked", LIKE, TIME.replace("123Z", "124Z"))));

        assertThat(new HashSet<>(ids)).hasSize(11);
    }

    @Test
    void plainLike_hasAnotherId_alsoIfItsKeyIsTheSame() {
        EventIds ids = new EventIds();
        byte[] like = ("{" + LIKE + "}").getBytes(StandardCharsets.UTF_8);
        byte[] nothing = {};
        ParsedLike parsed = new ParsedLike(true, "p-1", "alice", "bob", Instant.EPOCH, null);

        assertThat(ids.cloudEventId("app", "/app", "a-1", parsed, false))
                .isNotEqualTo(ids.keyedId("app", new IdempotencyKey("a-1"), like, 0, like.length))
                .isNotEqualTo(ids.keyedId("app", new IdempotencyKey("/app"), nothing, 0, 0));
    }

    @Test
    void orderWhitespaceEscapesTimeZoneAndForm_doNotMatter() {
        Random random = new Random(7);
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            ids.add(id("app", randomEvent(random)));
        }

        assertThat(ids).containsExactly(id("app", event("\u00e4 1", "/app?a=b", "liked", LIKE, TIME)));
    }

    private static String randomEvent(Random random) {
        String time = List.of(
                        "2026-11-24T10:00:00.123Z", "2026-11-24T11:00:00.123456+01:00", "2026-11-24t10:00:00.1230z")
                .get(random.nextInt(3));
        List<String> like = new ArrayList<>(List.of(
                member("postId", "p-1", random),
                member("authorId", "alice", random),
                member("likerId", "bob", random)));
        List<String> event = new ArrayList<>(List.of(
                member("specversion", "1.0", random),
                member("id", "\u00e4 1", random),
                member("source", "/app?a=b", random),
                member("type", "io.heartline.liked", random)));
        boolean isTimeInEvent = random.nextBoolean();
        if (isTimeInEvent) {
            event.add(member("time", time, random));
        }
        if (!isTimeInEvent || random.nextBoolean()) {
            like.add(member("at", time, random));
        }
        if (random.nextBoolean()) {
            like.add(member("type", "liked", random));
        }
        if (random.nextBoolean()) {
            event.add(member("subject", "p-" + random.nextInt(), random));
        }
        String data = object(like, random);
        event.add(
                random.nextBoolean()
                        ? "\"data\":" + data
                        : "\"data_base64\":\""
                                + Base64.getEncoder().encodeToString(data.getBytes(StandardCharsets.UTF_8)) + '"');
        return object(event, random);
    }

    private static String object(List<String> members, Random random) {
        Collections.shuffle(members, random);
        return space(random) + '{' + String.join(',' + space(random), members) + space(random) + '}' + space(random);
    }

    private static String member(String name, String value, Random random) {
        return space(random) + text(name, random) + space(random) + ':' + space(random) + text(value, random);
    }

    /** Returns a JSON string in which some characters are escaped. */
    private static String text(String value, Random random) {
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (random.nextInt(8) == 0) {
                text.append(String.format("\\u%04x", (int) c));
            } else if (c == '/' && random.nextBoolean()) {
                text.append("\\/");
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }

    private static String space(Random random) {
        return List.of("", "", " ", "\n", "\t", "\r\n  ").get(random.nextInt(6));
    }

    private String id(String caller, String event) {
        byte[] body = event.getBytes(StandardCharsets.UTF_8);
        IngestRequest request = new IngestRequest(caller, null, Preferences.NONE, RequestSpan.NOOP, null);
        return factory.ofStructured(request, body, 0, body.length).id();
    }

    private static String event(String id, String source, String type, String like) {
        return event(id, source, type, like, "");
    }

    private static String event(String id, String source, String type, String like, String time) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"" + source + "\",\"type\":\"io.heartline."
                + type + "\",\"data\":{" + like + '}' + time + '}';
    }

    private static String like(String postId, String authorId, String likerId) {
        return "\"postId\":\"" + postId + "\",\"authorId\":\"" + authorId + "\",\"likerId\":\"" + likerId + '"';
    }
}
