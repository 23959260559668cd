package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.feed.FeedCursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random runs of two deliverers over one feed. Attempts fail and are acknowledged in any order, an acknowledgement may be lost, changes are
 * skipped, and a deliverer crashes at any step. Both deliver concurrently, as after a lost lease.
 */
class WindowModelTest {

    private static final int STEPS = 4_000;
    private static final int AUTHORS = 12;

    private final Map<Long, String> authors = new HashMap<>();
    private final Set<Long> skipped = new HashSet<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private final Map<String, Long> lastAcknowledged = new HashMap<>();
    private long end;
    private long settledThrough;
    private long stored;
    private Random random;

    /** A deliverer that has no client and no database. */
    private final class Model {
        private final Window window = new Window(TestItems.START.at(stored));
        private final List<Delivery> inFlight = new ArrayList<>();
        private long now;

        void step() {
            now++;
            switch (random.nextInt(6)) {
                case 0 -> read(1 + random.nextInt(7));
                case 1, 2 -> send(random.nextInt(4) > 0);
                case 3, 4 -> complete();
                default -> store();
            }
            assertThat(inFlight.stream().map(delivery -> delivery.subject)).doesNotHaveDuplicates();
            assertThat(window.room()).isNotNegative();
            assertThat(settledThrough())
                    .as("the last change before the first that is not settled")
                    .isGreaterThanOrEqualTo(window.acknowledged().number());
        }

        private void read(int limit) {
            long next = window.end().number();
            List<Delivery> added = new ArrayList<>();
            while (added.size() < Math.min(limit, window.room()) && next < end) {
                next++;
                if (!skipped.contains(next)) {
                    added.add(TestItems.delivery(next, authors.get(next)));
                }
            }
            window.add(added, TestItems.START.at(next));
        }

        private void send(boolean mayStart) {
            Delivery next = window.next(now, mayStart);
            if (next == null) {
                return;
            }
            if (skipped.contains(next.number)) {
                window.acknowledge(next);
            } else {
                inFlight.add(next);
            }
        }

        private void complete() {
            if (inFlight.isEmpty()) {
                return;
            }
            Delivery delivery = inFlight.remove(random.nextInt(inFlight.size()));
            boolean isReceived = random.nextInt(3) > 0;
            if (isReceived) {
                received(delivery);
            }
            if (isReceived && random.nextInt(5) > 0) {
                window.acknowledge(delivery);
            } else { // the receiver failed, or its answer was lost
                window.fail(delivery, now, now + random.nextInt(20));
            }
        }

        private void store() {
            FeedCursor place = window.acknowledged();
            assertThat(place.number()).isGreaterThanOrEqualTo(0);
            stored = Math.max(stored, place.number());
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    private boolean isSettled(long number) {
        return acknowledged.contains(number) || skipped.contains(number);
    }

    /** Returns the number through which all changes are settled. A settled change stays settled, so no change is read twice. */
    private long settledThrough() {
        while (isSettled(settledThrough + 1)) {
            settledThrough++;
        }
        return settledThrough;
    }

    /** Checks the order of first acknowledgements of each report. */
    private void received(Delivery delivery) {
        // after an erasure, the attempt of a deliverer that has lost its lease may come late; its sequence shows it
        if (!skipped.contains(delivery.number) && acknowledged.add(delivery.number)) {
            Long last = lastAcknowledged.put(delivery.subject, delivery.number);
            assertThat(last == null || last < delivery.number)
                    .as("change %s of %s after %s", delivery.number, delivery.subject, last)
                    .isTrue();
            for (long earlier = settledThrough() + 1; earlier < delivery.number; earlier++) {
                boolean isSameReport = ("2026-W47/" + authors.get(earlier)).equals(delivery.subject);
                assertThat(!isSameReport || isSettled(earlier))
                        .as("change %s before %s", earlier, delivery.number)
                        .isTrue();
            }
        }
    }

    private void change() {
        end++;
        authors.put(end, "author-" + random.nextInt(AUTHORS));
        if (random.nextInt(8) == 0) {
            skipped.add(end);
        }
        long erased = end - 1 - random.nextInt(20);
        if (random.nextInt(10) == 0 && erased > 0) {
            skipped.add(erased); // the author was erased after the change was read
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyFailuresAndCrashes_loseNothing_andKeepTheOrderOfEachReport(long seed) {
        random = new Random(seed);
        List<Model> deliverers = new ArrayList<>(List.of(new Model(), new Model()));
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(5) == 0) {
                change();
            }
            int chosen = random.nextInt(2);
            if (random.nextInt(150) == 0) {
                deliverers.set(chosen, new Model()); // a crash, and a new instance
            } else {
                deliverers.get(chosen).step();
            }
            assertThat(stored).isLessThanOrEqualTo(end);
        }
        Model last = new Model();
        for (int i = 0; stored < end; i++) {
            assertThat(i).as("steps to deliver the rest").isLessThan(200_000);
            last.step();
        }
        assertThat(settledThrough()).isEqualTo(end);
    }
}
