package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares {@link CanonicalJson} with the parser of all forms, which reads every record that is not canonical. */
class CanonicalJsonTest {

    private static final Instant AT = Instant.parse("2026-11-24T10:00:00.123Z");
    private static final Liked LIKED = new Liked("e-1", "p-1", "alice", "bob", AT);
    private static final Unliked UNLIKED = new Unliked("e-2", "p-1", "alice", "bob", AT);
    private static final byte[] INTERESTING =
            "\"\\{}[]:,. /0129azAZ~@\t\n\0\u007f\u0080\u00c3\u00a9\u00ff".getBytes(StandardCharsets.ISO_8859_1);

    @Test
    void canonicalForm_isReadWithoutParser() {
        assertThat(CanonicalJson.read(LikeEventJson.encode(LIKED))).isEqualTo(LIKED);
        assertThat(CanonicalJson.read(LikeEventJson.encode(UNLIKED))).isEqualTo(UNLIKED);
    }

    @ParameterizedTest
    @MethodSource("events")
    void anyDifferenceInOneByte_isReadAsParserReadsIt(LikeEvent event) {
        byte[] json = LikeEventJson.encode(event);
        int compared = 0;
        for (int i = 0; i <= json.length; i++) {
            for (byte[] changed : changes(json, i)) {
                assertThat(decoded(changed))
                        .as(new String(changed, StandardCharsets.ISO_8859_1))
                        .isEqualTo(parsed(changed));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(5_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 129})
    void lengthOfId_isCheckedAsByParser(int length) {
        byte[] json = text(LIKED).replace("e-1", "e".repeat(length)).getBytes(StandardCharsets.US_ASCII);

        assertThat(decoded(json)).isEqualTo(parsed(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00.000Z",
                "1969-12-31T23:59:59.999Z",
                "9999-12-31T00:00:00.000Z",
                "9999-12-30T23:59:59.999Z",
                "2026-02-29T10:00:00.000Z",
                "2028-02-29T10:00:00.000Z",
                "2026-11-24T24:00:00.000Z",
                "2026-11-24T10:00:60.000Z",
                "2026-11-24T10:00:00.1234",
                "2026-11-24T10:00:00+0000",
                "+026-11-24T10:00:00.000Z",
                "2026-11-24t10:00:00.000z",
            })
    void time_isReadAsByParser(String at) {
        byte[] json = text(LIKED).replace("2026-11-24T10:00:00.123Z", at).getBytes(StandardCharsets.US_ASCII);

        assertThat(decoded(json)).isEqualTo(parsed(json));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "...", "\\u0061", "b\\\"b", "caf\u00e9", "b ob"})
    void liker_isReadAsByParser(String liker) {
        byte[] json = text(LIKED).replace("bob", liker).getBytes(StandardCharsets.UTF_8);

        assertThat(decoded(json)).isEqualTo(parsed(json));
    }

    static List<LikeEvent> events() {
        return List.of(LIKED, UNLIKED);
    }

    /** Returns values that differ from the JSON at one place: another byte, one byte more or less, or the end. */
    private static List<byte[]> changes(byte[] json, int at) {
        List<byte[]> changes = new ArrayList<>();
        changes.add(Arrays.copyOf(json, at));
        for (byte other : INTERESTING) {
            changes.add(replaced(json, at, at, other));
            if (at < json.length) {
                changes.add(replaced(json, at, at + 1, other));
            }
        }
        if (at < json.length) {
            changes.add(replaced(json, at, at + 1));
        }
        return changes;
    }

    private static byte[] replaced(byte[] json, int from, int to, byte... by) {
        byte[] changed = Arrays.copyOf(json, json.length - (to - from) + by.length);
        System.arraycopy(by, 0, changed, from, by.length);
        System.arraycopy(json, to, changed, from + by.length, json.length - to);
        return changed;
    }

    private static String text(LikeEvent event) {
        return new String(LikeEventJson.encode(event), StandardCharsets.US_ASCII);
    }

    /** Returns the event, or the reason why the value is refused. The key is the author that the parser finds. */
    private static Object decoded(byte[] json) {
        Object parsed = parsed(json);
        String author = parsed instanceof LikeEvent event ? event.authorId() : "alice";
        try {
            return LikeEventJson.decode(author.getBytes(StandardCharsets.UTF_8), json);
        } catch (NotALikeEventException e) {
            return refusal(e);
        }
    }

    private static Object parsed(byte[] json) {
        try {
            return LikeEventJson.parse(json);
        } catch (NotALikeEventException e) {
            return refusal(e);
        }
    }

    private static String refusal(NotALikeEventException e) {
        return e.reason() + ": " + Objects.requireNonNull(e.getMessage());
    }
}
