package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class WindowTest {

    private static final int BYTES = 100;

    private static Line line(long number) {
        return new Line(number, BYTES, "e-" + number);
    }

    private static void accept(Line line) {
        line.settle(new Position("k3f9x2ab", 3, 1042), null);
    }

    private static String told(Window window) {
        return new String(window.takeResults(), StandardCharsets.UTF_8);
    }

    private static String result(long number) {
        return "{\"line\":" + number + ",\"status\":202,\"eventId\":\"e-" + number
                + "\",\"position\":\"k3f9x2ab-3-1042\"}\n";
    }

    @RepeatedTest(50)
    void inWhateverOrderLinesArrive_theyAreToldInTheirOwn_asSoonAsAllBeforeThemAre() {
        Window window = new Window(1000, 1_000_000, false);
        List<Line> arriving = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            arriving.add(line(i));
            window.add(arriving.get(i - 1));
        }
        Collections.shuffle(arriving);
        StringBuilder told = new StringBuilder();

        for (Line line : arriving) {
            boolean isAwaited = window.waitsFor(line);
            accept(line);
            assertThat(window.tellSettled()).isEqualTo(isAwaited);
            told.append(told(window));
        }

        assertThat(told.toString())
                .isEqualTo(IntStream.rangeClosed(1, 50)
                        .mapToObj(WindowTest::result)
                        .collect(Collectors.joining()));
    }

    @Test
    void thereIsNoRoom_whileThereAreTooManyLines_tooManyBytes_orResultsThatNobodyTakes() {
        Window few = new Window(2, 1_000_000, false);
        Window small = new Window(1000, 2 * BYTES, false);
        for (int i = 1; i <= 2; i++) {
            assertThat(few.hasRoom()).isTrue();
            assertThat(small.hasRoom()).isTrue();
            few.add(line(i));
            small.add(line(i));
        }
        assertThat(few.hasRoom()).isFalse();
        assertThat(small.hasRoom()).isFalse();
        few.removeLast();
        small.removeLast();
        assertThat(few.hasRoom()).isTrue();
        assertThat(small.hasRoom()).isTrue();

        Window untaken = new Window(1_000_000, 1_000_000_000, false);
        int added = 0;
        while (untaken.hasRoom()) {
            Line line = line(++added);
            untaken.add(line);
            accept(line);
            untaken.tellSettled();
        }
        assertThat(added).isLessThan(1000);
        assertThat(told(untaken)).hasSizeLessThan(17_000);
        assertThat(untaken.hasRoom()).isTrue();
    }

    @Test
    void theSums_areOfAllThatWasTold_andOfWhatWasNot() {
        Window window = new Window(10, 10_000, true);
        Line accepted = line(1);
        window.add(accepted);
        accept(accepted);
        window.add(Line.refused(2, RefusedException.tooLarge(), false));
        window.tellSettled();
        assertThat(told(window))
                .startsWith("{\"line\":2,\"status\":413,\"problem\":{")
                .hasLineCount(1);

        window.sumUp();

        assertThat(told(window)).isEqualTo("{\"done\":true,\"accepted\":1,\"refused\":1}\n");
    }

    @Test
    void aLineThatKafkaDidNotAcknowledge_isToldToBeUnknown() {
        Window window = new Window(10, 10_000, false);
        Line line = line(1);
        window.add(line);
        line.settle(null, new IllegalStateException("no more"));
        window.tellSettled();

        assertThat(told(window))
                .startsWith("{\"line\":1,\"status\":503,\"problem\":{\"type\":\"/problems/log-unavailable\"")
                .doesNotContain("no more");
    }

    @Test
    void whileResultsAreHeld_noneIsSent_andThenAllAre_inOrder() {
        Window window = new Window(10, 10_000, false);
        window.hold(10);
        for (int i = 1; i <= 3; i++) {
            addAccepted(window, i);
        }
        window.tellSettled();
        assertThat(window.hasResults()).isFalse();
        assertThat(window.hasRoom()).isTrue();
        assertThat(window.isEmpty()).isFalse();

        window.release();
        addAccepted(window, 4);
        window.tellSettled();

        assertThat(told(window)).isEqualTo(result(1) + result(2) + result(3) + result(4));
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void moreResultsThanMayBeHeld_earlierAreSent_andLaterAreNot() {
        Window window = new Window(10, 10_000, false);
        window.hold(2);
        addAccepted(window, 1);
        addAccepted(window, 2);
        window.tellSettled();
        assertThat(window.isOverfull()).isFalse();

        addAccepted(window, 3);
        window.tellSettled();
        assertThat(window.isOverfull()).isTrue();
        window.release();
        addAccepted(window, 4);
        window.tellSettled();

        assertThat(told(window)).isEqualTo(result(1) + result(2));
    }

    @Test
    void minimalResultsAreHeld_acceptedLinesTakeNoRoom() {
        Window window = new Window(10, 10_000, true);
        window.hold(1);
        for (int i = 1; i <= 5; i++) {
            addAccepted(window, i);
        }

        window.tellSettled();

        assertThat(window.isOverfull()).isFalse();
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void emptyLine_isNoProgress() {
        Window window = new Window(10, 10_000, false);
        window.add(Line.refused(1, RefusedException.tooLarge(), true));
        window.tellSettled();
        assertThat(window.settled()).isZero();

        addAccepted(window, 2);
        window.tellSettled();

        assertThat(window.settled()).isEqualTo(1);
    }

    private static void addAccepted(Window window, long number) {
        Line line = line(number);
        window.add(line);
        accept(line);
    }
}
