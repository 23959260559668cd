package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.heartline.events.NotALikeEventException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LikeEventJsonTest {

    private static final byte[] ALICE = utf8("alice");
    private static final Liked LIKED = new Liked(
            "01936f0e-7b6a-7c1e-9b2d-3f0a5c7d9e11", "p-1", "alice", "bob", Instant.parse("2026-11-24T10:00:00.123Z"));
    private static final Unliked UNLIKED = new Unliked(
            "01936f0e-7b6a-7c1e-9b2d-3f0a5c7d9e12", "p-1", "alice", "bob", Instant.parse("2026-11-24T10:00:01Z"));

    @Test
    void encode_matchesTheApprovedForm() throws Exception {
        assertThat(LikeEventJson.encode(LIKED)).asString().isEqualTo(approved("liked"));
        assertThat(LikeEventJson.encode(UNLIKED)).asString().isEqualTo(approved("unliked"));
    }

    @Test
    void decode_readsTheApprovedForm() throws Exception {
        assertThat(LikeEventJson.decode(ALICE, utf8(approved("liked")))).isEqualTo(LIKED);
        assertThat(LikeEventJson.decode(ALICE, utf8(approved("unliked")))).isEqualTo(UNLIKED);
    }

    @Test
    void oldReadsNew_unknownFieldsOfAnyShapeAreIgnored() throws Exception {
        String newer = approved("liked")
                .replaceFirst("\\{", "{\"via\":{\"app\":[1,{\"id\":\"inner\"}],\"name\":\"caf\u00e9\"},\"weight\":2,");

        assertThat(LikeEventJson.decode(ALICE, utf8(newer))).isEqualTo(LIKED);
    }

    @Test
    void newReadsOld_orderOfFieldsAndFormOfTimeDoNotMatter() throws Exception {
        String older = "{\"at\":\"2026-11-24T12:00:00.123+02:00\",\"likerId\":\"bob\",\"authorId\":\"alice\","
                + "\"postId\":\"p-1\",\"type\":\"liked\",\"id\":\"01936f0e-7b6a-7c1e-9b2d-3f0a5c7d9e11\"}";

        assertThat(LikeEventJson.decode(ALICE, utf8(older))).isEqualTo(LIKED);
    }

    @Test
    void oldReadsNew_unknownType_differsFromUnreadable() throws Exception {
        assertThatExceptionOfType(NotALikeEventException.class)
                .isThrownBy(() -> LikeEventJson.decode(ALICE, utf8("{\"type\":\"viewed\",\"url\":\"/p-1\"}")))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_TYPE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "not json at all",
                "\ufeff{\"type\":\"liked\"}",
                "{}",
                "{\"type\":1}",
                "{\"type\":\"liked\",\"id\":\"e\",\"postId\":\"p\",\"authorId\":\"alice\",\"likerId\":\"b\"}",
                "{\"type\":\"liked\",\"id\":\"e\",\"postId\":\"p\",\"authorId\":\"alice\",\"likerId\":\"b\",\"at\":\"x\"}",
                "{\"type\":\"liked\",\"id\":\"e\",\"postId\":\"p q\",\"authorId\":\"alice\",\"likerId\":\"b\",\"at\":\"2026-11-24T10:00:00Z\"}",
                "{\"type\":\"liked\",\"id\":\"e\",\"postId\":\"p\",\"authorId\":\"alice\",\"likerId\":\"b\",\"at\":\"2026-11-24T10:00:00Z\"},\"x\":1",
                "{\"type\":\"liked\",\"id\":\"e\",\"postId\":\"p\",\"authorId\":\"alice\",\"likerId\":\"b\",\"at\":\"2026-11-24T10:00:00Z\"}{}",
            })
    void decode_anythingElseIsUnreadable(String value) {
        assertUnreadable(ALICE, utf8(value));
    }

    @Test
    void decode_endlessNestingInIgnoredField_isUnreadable() throws Exception {
        String nested = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);

        assertUnreadable(ALICE, utf8(approved("liked").replaceFirst("\\{", "{\"x\":" + nested + ",")));
    }

    @Test
    void decode_invalidUtf8InIgnoredField_isUnreadable() throws Exception {
        byte[] overlong = approved("liked")
                .replaceFirst("\\{", "{\"x\":\"\u00c0\u00af\",")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = approved("liked").getBytes(StandardCharsets.UTF_16LE);

        assertUnreadable(ALICE, overlong);
        assertUnreadable(ALICE, utf16);
        assertUnreadable(ALICE, null);
    }

    @Test
    void decode_keyIsNotTheAuthor_isUnreadable() throws Exception {
        assertUnreadable(utf8("mallory"), utf8(approved("liked")));
        assertUnreadable(null, utf8(approved("liked")));
    }

    @Test
    void at_isKeptInWholeMilliseconds() {
        Liked precise = new Liked("e", "p", "a", "l", Instant.parse("2026-11-24T10:00:00.123999Z"));

        assertThat(precise.at()).isEqualTo(Instant.parse("2026-11-24T10:00:00.123Z"));
        assertThatNoException().isThrownBy(() -> LikeEventJson.decode(utf8("a"), LikeEventJson.encode(precise)));
    }

    private static void assertUnreadable(byte[] key, byte[] value) {
        assertThatExceptionOfType(NotALikeEventException.class)
                .isThrownBy(() -> LikeEventJson.decode(key, value))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNREADABLE));
    }

    private static String approved(String name) throws IOException {
        try (InputStream file = LikeEventJsonTest.class.getResourceAsStream("/approved/" + name + ".json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
