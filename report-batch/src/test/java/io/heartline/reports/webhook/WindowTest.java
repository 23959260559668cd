package io.heartline.reports.webhook;

import static io.heartline.reports.webhook.TestItems.START;
import static io.heartline.reports.webhook.TestItems.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WindowTest {

    private final Window window = new Window(START);

    private void add(Delivery... deliveries) {
        window.add(List.of(deliveries), START.at(deliveries[deliveries.length - 1].number));
    }

    private long acknowledged() {
        return window.acknowledged().number();
    }

    @Test
    void messages_startInTheOrderOfTheFeed() {
        add(delivery(1, "alice"), delivery(2, "bob"));

        assertThat(window.next(0, true).number).isOne();
        assertThat(window.next(0, true).number).isEqualTo(2);
        assertThat(window.next(0, true)).isNull();
    }

    @Test
    void laterMessageOfAReport_startsAfterTheEarlierOneIsAcknowledged() {
        add(delivery(1, "alice"), delivery(2, "alice"));
        Delivery first = window.next(0, true);
        assertThat(window.next(0, true)).isNull();
        window.fail(first, 0, 100);
        assertThat(window.next(99, true)).isNull();

        window.acknowledge(window.next(100, true));

        assertThat(window.next(100, true).number).isEqualTo(2);
    }

    @Test
    void failingMessage_holdsThePlace_andOtherReportsGoOn() {
        add(delivery(1, "alice"), delivery(2, "bob"), delivery(3, "carol"));
        Delivery failing = window.next(0, true);
        window.fail(failing, 0, 100);

        window.acknowledge(window.next(0, true));
        window.acknowledge(window.next(0, true));
        assertThat(acknowledged()).isZero();
        assertThat(window.longestFailing()).isSameAs(failing);

        window.acknowledge(window.next(100, true));
        assertThat(acknowledged()).isEqualTo(3);
        assertThat(window.longestFailing()).isNull();
        assertThat(window.oldest()).isNull();
    }

    @Test
    void placeMovesToTheFirstUnacknowledgedMessage_andOverSkippedChangesAtTheEnd() {
        window.add(List.of(delivery(3, "alice"), delivery(5, "bob")), START.at(9));
        Delivery first = window.next(0, true);
        Delivery second = window.next(0, true);

        window.acknowledge(first);
        assertThat(acknowledged()).isEqualTo(3);
        window.acknowledge(second);
        assertThat(acknowledged()).isEqualTo(9);

        window.add(List.of(), START.at(12));
        assertThat(acknowledged()).isEqualTo(12);
    }

    @Test
    void acknowledgedMessagesAfterAFailingOne_takeRoom() {
        window.add(
                LongStream.rangeClosed(1, Window.CAPACITY)
                        .mapToObj(number -> delivery(number, "author-" + number))
                        .toList(),
                START.at(Window.CAPACITY));
        Delivery failing = window.next(0, true);
        for (int i = 1; i < Window.CAPACITY; i++) {
            window.acknowledge(window.next(0, true));
        }
        assertThat(window.room()).isZero();

        window.acknowledge(failing);
        assertThat(window.room()).isEqualTo(Window.CAPACITY);
    }

    @Test
    void retries_comeWhenTheyAreDue_alsoIfNoMessageMayStart() {
        add(delivery(1, "alice"), delivery(2, "bob"), delivery(3, "carol"));
        window.fail(window.next(0, true), 0, 300);
        window.fail(window.next(0, true), 0, 200);

        assertThat(window.untilRetry(150, 1_000)).isEqualTo(50);
        assertThat(window.untilRetry(150, 10)).isEqualTo(10);
        assertThat(window.next(199, false)).isNull();
        assertThat(window.next(200, false).number).isEqualTo(2);
        assertThat(window.next(300, false).number).isOne();
    }

    @Test
    void retryNow_makesAllFailedMessagesDue() {
        add(delivery(1, "alice"), delivery(2, "bob"));
        window.fail(window.next(0, true), 0, 300);
        window.fail(window.next(0, true), 0, 200);

        window.retryNow(1);

        assertThat(List.of(window.next(1, false).number, window.next(1, false).number))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void longestFailing_isTheFirstFailure_notTheLast() {
        add(delivery(1, "alice"), delivery(2, "bob"));
        Delivery first = window.next(0, true);
        window.fail(first, 10, 11);
        window.fail(window.next(10, true), 20, 500);
        window.fail(window.next(20, true), 30, 500);

        assertThat(window.longestFailing()).isSameAs(first);
        assertThat(window.longestFailing().firstFailureNanos()).isEqualTo(10);
    }
}
