package io.heartline.producer.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.producer.like.FieldError;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

class ItemSplitterTest {

    private static final int MAX_ITEMS = 5;
    private static final int MAX_ITEM_BYTES = 32;
    private static final String TOO_LONG = "<too-long>";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | -",
                "` [ \t\r\n] \n` | -",
                "[1] | 1",
                "[ -1.5e+3 , true,false ,null ] | -1.5e+3 true false null",
                "[\"\",\"a\"] | \"\" \"a\"",
                "[{},[],{\"a\":[{}]}] | {} [] {\"a\":[{}]}",
                "[[[[]]],[[],[]]] | [[[]]] [[],[]]",
                "[{\"a\":\"]},[\\\"{\"},\"\\\\\"] | {\"a\":\"]},[\\\"{\"} \"\\\\\"",
                "[\"\\\\\\\"]\",\"\\u005d\"] | \"\\\\\\\"]\" \"\\u005d\"",
                "[\"é,]\",{\"é\":\"ÿ\"}] | \"é,]\" {\"é\":\"ÿ\"}",
                "[\"0123456789012345678901234567890\",1] | <too-long> 1",
                "[\"012345678901234567890123456789\",1] | \"012345678901234567890123456789\" 1",
                "[ 123456789012345678901234567890123 ,2] | <too-long> 2",
                "[ 12345678901234567890123456789012 ,2] | 12345678901234567890123456789012 2",
                "[{\"a\":[\"01234567890123456789]\\\"0123\",{}]},[]] | <too-long> []",
                "[1,2,3,4,5] | 1 2 3 4 5",
            })
    void anyPieceSize_givesTheSameItems(String body, String items) {
        List<String> expected = items.equals("-") ? List.of() : List.of(items.split(" "));
        for (int pieceSize = 1; pieceSize <= body.length() + 1; pieceSize++) {
            assertThat(split(body, pieceSize))
                    .as("pieces of %d bytes", pieceSize)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | 1",
                "[,1] | 2",
                "[1,] | 4",
                "[1,,2] | 4",
                "[1 2] | 4",
                "[\"a\"b] | 5",
                "[{}{}] | 4",
                "[}] | 2",
                "[1]] | 4",
                "[1] 2 | 5",
                "['a'] | 2",
                "[+1] | 2",
                "[/**/1] | 2",
                "[NaN] | 2",
                "[\uFEFF1] | 2",
            })
    void malformedBetweenItems_theByteIsNamed_forAnyPieceSize(String body, int position) {
        for (int pieceSize = 1; pieceSize <= body.length() + 2; pieceSize++) {
            assertThat(refusal(body, pieceSize).errors())
                    .as("pieces of %d bytes", pieceSize)
                    .containsExactly(
                            new FieldError("", null, null, "malformed JSON at byte " + position + " of the body"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[", "[ ", "[1", "[1,", "[1 ", "[\"a", "[\"a\\\"]", "[{\"a\":1}", "[[1]", "[{]"})
    void bodyEndsBeforeTheArray_isMalformed(String body) {
        for (int pieceSize = 1; pieceSize <= body.length() + 1; pieceSize++) {
            assertThat(refusal(body, pieceSize).errors())
                    .containsExactly(new FieldError("", null, null, "malformed JSON: it ends before the array does"));
        }
    }

    @Test
    void itemOverTheMaximumNumber_isRefusedWhenItBegins() {
        ItemSplitter splitter = new ItemSplitter(MAX_ITEMS, MAX_ITEM_BYTES, 0);
        splitter.add(ArrayBodies.piece("[1,2,3,4,5, "));
        while (splitter.next()) {
            assertThat(splitter.number()).isLessThanOrEqualTo(MAX_ITEMS);
        }

        splitter.add(ArrayBodies.piece("{"));

        RefusedException refusal = catchThrowableOfType(RefusedException.class, splitter::next);
        assertThat(refusal.type()).isEqualTo(ProblemType.TOO_LARGE);
    }

    @Test
    void commaAfterTheMaximumNumber_isMalformedAndNotTooLarge() {
        assertThat(refusal("[1,2,3,4,5,]", 3).type()).isEqualTo(ProblemType.INVALID_LIKE);
    }

    @Test
    void itemThatIsTooLong_isSkipped_andNotBuffered() {
        ItemSplitter splitter = new ItemSplitter(MAX_ITEMS, MAX_ITEM_BYTES, 0);
        splitter.add(ArrayBodies.piece("[{\"a\":\""));
        for (int i = 0; i < 1000; i++) {
            assertThat(splitter.next()).isFalse();
            splitter.add(ArrayBodies.piece("x".repeat(100)));
        }
        assertThat(splitter.next()).isFalse();
        assertThat(splitter.bytes().length).isLessThan(1000);

        splitter.add(ArrayBodies.piece("\"},7]"));

        assertThat(splitter.next()).isTrue();
        assertThat(item(splitter)).isEqualTo(TOO_LONG);
        assertThat(splitter.next()).isTrue();
        assertThat(item(splitter)).isEqualTo("7");
    }

    @Test
    void bytesBeforeTheFirstPiece_countInPositions() {
        ItemSplitter splitter = new ItemSplitter(MAX_ITEMS, MAX_ITEM_BYTES, 100);
        splitter.add(ArrayBodies.piece("[x"));

        RefusedException refusal = catchThrowableOfType(RefusedException.class, splitter::next);

        assertThat(refusal.errors().get(0).detail()).isEqualTo("malformed JSON at byte 102 of the body");
    }

    private static List<String> split(String body, int pieceSize) {
        ItemSplitter splitter = new ItemSplitter(MAX_ITEMS, MAX_ITEM_BYTES, 0);
        List<String> items = new ArrayList<>();
        byte[] bytes = ArrayBodies.bytes(body);
        for (int from = 0; from < bytes.length; from += pieceSize) {
            int size = Math.min(pieceSize, bytes.length - from);
            splitter.add(DefaultDataBufferFactory.sharedInstance
                    .wrap(bytes)
                    .split(from + size)
                    .readPosition(from));
            while (splitter.next()) {
                assertThat(splitter.number()).isEqualTo(items.size() + 1);
                items.add(item(splitter));
            }
        }
        splitter.endInput();
        return items;
    }

    private static String item(ItemSplitter splitter) {
        return splitter.isTooLong()
                ? TOO_LONG
                : new String(splitter.bytes(), splitter.start(), splitter.length(), StandardCharsets.UTF_8);
    }

    private static RefusedException refusal(String body, int pieceSize) {
        return catchThrowableOfType(RefusedException.class, () -> split(body, pieceSize));
    }
}
