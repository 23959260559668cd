package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.producer.like.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class InFlightWindowTest {

    private static final int BYTES = 100;

    private static InFlightLine line(long number) {
        return new InFlightLine(number, BYTES, "e-" + number);
    }

    private static void accept(InFlightLine line) {
        line.settle(new Position("k3f9x2ab", 3, 1042), null);
    }

    private static String results(InFlightWindow window) {
        return new String(window.takeResults(), StandardCharsets.UTF_8);
    }

    private static String result(long number) {
        return "{\"line\":" + number + ",\"status\":202,\"eventId\":\"e-" + number
                + "\",\"position\":\"k3f9x2ab-3-1042\"}\n";
    }

    @RepeatedTest(50)
    void linesSettleInAnyOrder_resultsAreWrittenInLineOrder() {
        InFlightWindow window = new InFlightWindow(1000, 1_000_000, false);
        List<InFlightLine> pending = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            pending.add(line(i));
            window.add(pending.get(i - 1));
        }
        Collections.shuffle(pending);
        StringBuilder written = new StringBuilder();

        for (InFlightLine line : pending) {
            boolean isAwaited = window.isHead(line);
            accept(line);
            assertThat(window.writeSettled()).isEqualTo(isAwaited);
            written.append(results(window));
        }

        assertThat(written.toString())
                .isEqualTo(IntStream.rangeClosed(1, 50)
                        .mapToObj(InFlightWindowTest::result)
                        .collect(Collectors.joining()));
    }

    @Test
    void tooManyLinesBytesOrUnsentResults_thereIsNoRoom() {
        InFlightWindow few = new InFlightWindow(2, 1_000_000, false);
        InFlightWindow small = new InFlightWindow(1000, 2 * BYTES, false);
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

        InFlightWindow unsent = new InFlightWindow(1_000_000, 1_000_000_000, false);
        int added = 0;
        while (unsent.hasRoom()) {
            InFlightLine line = line(++added);
            unsent.add(line);
            accept(line);
            unsent.writeSettled();
        }
        assertThat(added).isLessThan(1000);
        assertThat(results(unsent)).hasSizeLessThan(17_000);
        assertThat(unsent.hasRoom()).isTrue();
    }

    @Test
    void minimalResults_summaryCountsAcceptedLinesToo() {
        InFlightWindow window = new InFlightWindow(10, 10_000, true);
        InFlightLine accepted = line(1);
        window.add(accepted);
        accept(accepted);
        window.add(InFlightLine.refused(2, RefusedException.tooLarge(), false));
        window.writeSettled();
        assertThat(results(window))
                .startsWith("{\"line\":2,\"status\":413,\"problem\":{")
                .hasLineCount(1);

        window.writeSummary();

        assertThat(results(window)).isEqualTo("{\"done\":true,\"accepted\":1,\"refused\":1}\n");
    }

    @Test
    void lineWasNotAcknowledged_resultIsLogUnavailable() {
        InFlightWindow window = new InFlightWindow(10, 10_000, false);
        InFlightLine line = line(1);
        window.add(line);
        line.settle(null, new IllegalStateException("no more"));
        window.writeSettled();

        assertThat(results(window))
                .startsWith("{\"line\":1,\"status\":503,\"problem\":{\"type\":\"/problems/log-unavailable\"")
                .doesNotContain("no more");
    }

    @Test
    void resultsAreHeld_noneIsSent_andAllAreSentInOrderOnRelease() {
        InFlightWindow window = new InFlightWindow(10, 10_000, false);
        window.holdResults(10);
        for (int i = 1; i <= 3; i++) {
            addAccepted(window, i);
        }
        window.writeSettled();
        assertThat(window.hasResults()).isFalse();
        assertThat(window.hasRoom()).isTrue();
        assertThat(window.isEmpty()).isFalse();

        window.releaseResults();
        addAccepted(window, 4);
        window.writeSettled();

        assertThat(results(window)).isEqualTo(result(1) + result(2) + result(3) + result(4));
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void tooManyHeldResults_earlierAreSent_andLaterAreDiscarded() {
        InFlightWindow window = new InFlightWindow(10, 10_000, false);
        window.holdResults(2);
        addAccepted(window, 1);
        addAccepted(window, 2);
        window.writeSettled();
        assertThat(window.hasTooManyHeld()).isFalse();

        addAccepted(window, 3);
        window.writeSettled();
        assertThat(window.hasTooManyHeld()).isTrue();
        window.releaseResults();
        addAccepted(window, 4);
        window.writeSettled();

        assertThat(results(window)).isEqualTo(result(1) + result(2));
    }

    @Test
    void minimalResultsAreHeld_acceptedLinesAreNotCounted() {
        InFlightWindow window = new InFlightWindow(10, 10_000, true);
        window.holdResults(1);
        for (int i = 1; i <= 5; i++) {
            addAccepted(window, i);
        }

        window.writeSettled();

        assertThat(window.hasTooManyHeld()).isFalse();
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void emptyLine_isNoProgress() {
        InFlightWindow window = new InFlightWindow(10, 10_000, false);
        window.add(InFlightLine.refused(1, RefusedException.tooLarge(), true));
        window.writeSettled();
        assertThat(window.settledLines()).isZero();

        addAccepted(window, 2);
        window.writeSettled();

        assertThat(window.settledLines()).isEqualTo(1);
    }

    private static void addAccepted(InFlightWindow window, long number) {
        InFlightLine line = line(number);
        window.add(line);
        accept(line);
    }
}
