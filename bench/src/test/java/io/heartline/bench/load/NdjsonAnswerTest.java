package io.heartline.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.bench.load.NdjsonAnswer.Sums;
import io.heartline.bench.result.CannotMeasureException;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NdjsonAnswerTest {

    private static final String FIRST = "{\"line\":1,\"status\":202,\"eventId\":\"e-1\",\"position\":\"k3f9-0-0\"}\n";
    private static final String SECOND = "{\"line\":2,\"status\":202,\"eventId\":\"e-2\",\"position\":\"k3f9-0-1\"}\n";
    private static final String REFUSED = "{\"line\":3,\"status\":400,\"problem\":{\"title\":\"Invalid like\"}}\n";

    private final NdjsonAnswer answer = new NdjsonAnswer(false);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 1000})
    void answerInPieces_isReadLikeAWholeOne(int size) {
        String text = FIRST + SECOND + REFUSED + done(2, 1);

        for (int at = 0; at < text.length(); at += size) {
            add(text.substring(at, Math.min(text.length(), at + size)));
        }

        assertThat(answer.end(3)).isEqualTo(new Sums(2, 1));
        assertThat(answer.refusal()).isEqualTo(REFUSED.strip());
    }

    @Test
    void linesInAnotherOrder_throw() {
        assertRefused(() -> add(SECOND)).withMessageContaining("after line 0").withMessageContaining("\"line\":2");
        add(FIRST);
        assertRefused(() -> add(FIRST)).withMessageContaining("after line 1");
    }

    @Test
    void answerWithoutLastLine_throws() {
        add(FIRST + SECOND);

        assertRefused(() -> answer.end(2)).withMessageContaining("breaks off after line 2");
    }

    @Test
    void answerThatEndsWithinALine_throws() {
        add(FIRST + done(1, 0).strip());

        assertRefused(() -> answer.end(1)).withMessageContaining("breaks off at {\"done\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"line\":1,\"status\":202,\"eventId\":\"e-1\n",
                "{\"done\":true,\"accepted\":1}\n",
                "{\"done\":true,\"accepted\":1,\"refused\":0\n",
                "{\"done\":true,\"accepted\":,\"refused\":0}\n",
                "{\"line\":}\n",
                "<html>}\n",
                "\n"
            })
    void malformedLine_throws(String line) {
        assertRefused(() -> add(line));
    }

    @Test
    void sumsThatDifferFromTheLines_throw() {
        add(FIRST + SECOND + done(1, 1));

        assertRefused(() -> answer.end(2)).withMessageContaining("2 answered as accepted");
    }

    @Test
    void sumsOfFewerLikesThanSent_throw() {
        add(FIRST + SECOND + done(2, 0));

        assertRefused(() -> answer.end(3)).withMessageContaining("3 lines were sent");
    }

    @Test
    void lineAfterTheLast_throws() {
        add(FIRST + done(1, 0));

        assertRefused(() -> add(SECOND)).withMessageContaining("after the last line");
    }

    @Test
    void minimalAnswer_needsLinesForRefusedLikesOnly() {
        NdjsonAnswer minimal = new NdjsonAnswer(true);

        minimal.add(Unpooled.copiedBuffer(REFUSED + done(999, 1), StandardCharsets.US_ASCII));

        assertThat(minimal.end(1000)).isEqualTo(new Sums(999, 1));
    }

    @Test
    void minimalAnswerWithoutARefusedLine_throws() {
        NdjsonAnswer minimal = new NdjsonAnswer(true);

        minimal.add(Unpooled.copiedBuffer(done(999, 1), StandardCharsets.US_ASCII));

        assertRefused(() -> minimal.end(1000)).withMessageContaining("0 as refused");
    }

    private void add(String text) {
        answer.add(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private static String done(int accepted, int refused) {
        return "{\"done\":true,\"accepted\":" + accepted + ",\"refused\":" + refused + "}\n";
    }

    private static ThrowableAssertAlternative<CannotMeasureException> assertRefused(ThrowingCallable checking) {
        return assertThatExceptionOfType(CannotMeasureException.class).isThrownBy(checking);
    }
}
