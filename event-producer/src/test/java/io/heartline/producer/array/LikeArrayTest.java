package io.heartline.producer.array;

import static io.heartline.producer.array.ArrayBodies.EVENTS;
import static io.heartline.producer.array.ArrayBodies.bytes;
import static io.heartline.producer.array.ArrayBodies.like;
import static io.heartline.producer.array.ArrayBodies.likes;
import static io.heartline.producer.array.ArrayBodies.piece;
import static io.heartline.producer.array.ArrayBodies.read;
import static io.heartline.producer.array.ArrayBodies.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.producer.like.FieldError;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikeArrayTest {

    @Test
    void everyItem_becomesItsEvent() {
        LikeArray array = read(likes(3));

        assertThat(array.size()).isEqualTo(3);
        assertThat(array.items())
                .extracting(item -> item.event().likerId())
                .containsExactly("liker-1", "liker-2", "liker-3");
    }

    @Test
    void idOfAnItem_followsFromKeyNumberAndExactBytes() {
        byte[] second = bytes("{ \"postId\":\"p-1\", \"authorId\":\"alice\",\"likerId\":\"bob\"\n}");
        String body = "[\n" + like(1) + " , " + new String(second, StandardCharsets.UTF_8) + "\t]";
        for (int pieceSize = 1; pieceSize < 20; pieceSize++) {
            LikeArray array =
                    read(bytes(body), new int[] {pieceSize}, new LikeArray(request("import"), EVENTS::ofItem, 0));

            assertThat(array.items().get(1).event().id())
                    .isEqualTo(EVENTS.ofBody(request("import/2"), second, 0, second.length)
                            .id());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "1", "null", "true", "\"a\"", "[]", "[{\"a\":[1]}]", "{\"postId\":\"p q\"}", "-0.5e-7"})
    void wellFormedItemThatIsNoLike_isRefusedAlone(String item) {
        LikeArray array = read("[" + like(1) + "," + item + "," + like(3) + "]");

        assertThat(array.size()).isEqualTo(3);
        assertThat(array.items().get(1).refusal().type()).isEqualTo(ProblemType.INVALID_LIKE);
        assertThat(array.items().get(2).event().likerId()).isEqualTo("liker-3");
    }

    @Test
    void pointersOfAnItem_areRelativeToTheItem() {
        LikeArray array = read("[" + like(1) + ",{\"postId\":7,\"authorId\":\"a\",\"likerId\":\"b\"}]");

        assertThat(array.items().get(1).refusal().errors())
                .containsExactly(new FieldError("/postId", null, null, "must be a string"));
    }

    @Test
    void deepItem_isRefusedAlone() {
        String deep = "[".repeat(8000) + "]".repeat(8000);

        LikeArray array = read("[" + deep + ",{\"a\":" + deep + "}," + like(3) + "]");

        assertThat(array.items().get(0).refusal().type()).isEqualTo(ProblemType.INVALID_LIKE);
        assertThat(array.items().get(1).refusal().type()).isEqualTo(ProblemType.INVALID_LIKE);
        assertThat(array.items().get(2).event()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1,{\"a\":}] | /1 | 9",
                "[{\"a\" 1}] | /0 | 7",
                "[1,2,tru] | /2 | 6",
                "[01] | /0 | 3",
                "[1,nullx] | /1 | 4",
                "[1}] | /0 | 3",
                "[{]] | /0 | 3",
                "[[}] | /0 | 3",
                "[\"\\x\"] | /0 | 4",
                "[{\"a\":\"\\ud8\"}] | /0 | 12",
            })
    void malformedItem_refusesTheWholeArray_andNamesTheByte(String body, String pointer, int position) {
        for (int pieceSize = 1; pieceSize <= body.length(); pieceSize++) {
            int size = pieceSize;
            RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> read(body, size));

            assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_LIKE);
            assertThat(refusal)
                    .hasMessage(
                            "This is not a JSON array, so none of its likes was logged: errors names what to mend.");
            assertThat(refusal.errors())
                    .as("pieces of %d bytes", size)
                    .containsExactly(
                            new FieldError(pointer, null, null, "malformed JSON at byte " + position + " of the body"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1\0]", "[{\0\"\0]", "[\"\0\"]", "[\"\n\"]", "[{\"a\":\"\t\"}]", "[\"a\0\0\0b\"]"})
    void controlCharacterInAnItem_refusesTheWholeArray(String body) {
        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> read(body + "]"));

        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_LIKE);
        assertThat(refusal.errors()).singleElement().satisfies(error -> assertThat(error.detail())
                .startsWith("malformed JSON"));
    }

    @Test
    void thousandItems_areRead_andOneMoreIsRefusedWhenItBegins() {
        String thousand = likes(LikeArray.MAX_ITEMS);
        assertThat(read(thousand).size()).isEqualTo(1000);
        LikeArray array = new LikeArray(request(null), EVENTS::ofItem, 0);
        array.add(piece(thousand.substring(0, thousand.length() - 1) + ","));

        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> array.add(piece(" {")));

        assertThat(refusal.type()).isEqualTo(ProblemType.TOO_LARGE);
        assertThat(refusal)
                .hasMessage("A request may have at most 1,000 likes and 16 MiB. None of its likes was logged.");
        assertThat(refusal.errors())
                .containsExactly(new FieldError("", null, null, "must not be over 1,000 likes or 16 MiB"));
    }

    @Test
    void itemOf16KiB_isRead_andOneByteMoreIsRefusedAlone() {
        String max = likeOf(IngestRequest.MAX_LIKE_BYTES);
        String over = likeOf(IngestRequest.MAX_LIKE_BYTES + 1);
        for (int pieceSize : new int[] {1000, 16_384, 16_385, 20_000, Integer.MAX_VALUE}) {
            LikeArray array = read("[ " + max + " , " + over + " ," + like(3) + "]", pieceSize);

            assertThat(array.items().get(0).event()).isNotNull();
            assertThat(array.items().get(1).refusal().type()).isEqualTo(ProblemType.TOO_LARGE);
            assertThat(array.items().get(1).refusal()).hasMessage("A like may have 16 KiB.");
            assertThat(array.items().get(2).event()).isNotNull();
        }
    }

    @Test
    void bodyOf16MiB_isRead_andOneByteMoreIsRefused() {
        int whitespace = LikeArray.MAX_BYTES - likes(1).length();
        LikeArray array = new LikeArray(request(null), EVENTS::ofItem, 0);
        String quarter = " ".repeat(whitespace / 4);
        for (int i = 0; i < 4; i++) {
            array.add(piece(quarter));
        }
        array.add(piece(likes(1) + " ".repeat(whitespace % 4)));
        array.endBody();
        assertThat(array.size()).isEqualTo(1);

        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> array.add(piece(" ")));

        assertThat(refusal.type()).isEqualTo(ProblemType.TOO_LARGE);
        assertThat(catchThrowableOfType(
                                RefusedException.class,
                                () -> new LikeArray(request(null), EVENTS::ofItem, LikeArray.MAX_BYTES).add(piece("[")))
                        .type())
                .isEqualTo(ProblemType.TOO_LARGE);
    }

    private static String likeOf(int bytes) {
        String like = like(0).replace("}", ",\"note\":\"\"}");
        return like.replace("\"\"", "\"" + "x".repeat(bytes - like.length()) + "\"");
    }
}
