package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.webhook.WebhookStore.Position;
import io.heartline.reports.worker.TestDatabase;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class WebhookStoreIT {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final FeedStore.Feed FEED = new FeedStore.Feed("5f2a9c0e1d4b3a76", 7, 0);

    private final TestDatabase database = new TestDatabase();
    private final WebhookStore store = new WebhookStore(database.mongo);

    @AfterEach
    void close() {
        database.close();
    }

    private Position find() {
        return store.findOrStart(Mono.just(FEED), NOW).block();
    }

    private boolean advance(Position position, long number) {
        return store.advance(position, number).block();
    }

    @Test
    void firstPlace_isTheStartOfTheFeed_whichIsNotAnnounced() {
        Position first = find();

        assertThat(first.cursor()).isEqualTo(new FeedCursor("5f2a9c0e1d4b3a76", 0, 7));
        assertThat(first.isAnnounced()).isFalse();
        assertThat(first.restartedAt()).isEqualTo(NOW);
        assertThat(find()).as("the second instance").isEqualTo(first);
    }

    @Test
    void place_neverMovesBack() {
        Position first = find();

        assertThat(advance(first, 9)).isTrue();
        assertThat(advance(first, 5)).isTrue();

        assertThat(find().cursor().number()).isEqualTo(9);
    }

    @Test
    void announcement_isStored() {
        assertThat(store.announced(find()).block()).isTrue();

        assertThat(find().isAnnounced()).isTrue();
    }

    @Test
    void instanceOfAnEarlierRestart_movesNothing() {
        Position first = find();
        advance(first, 9);
        store.restart(first, new FeedStore.Feed("5f2a9c0e1d4b3a76", 20, 0), NOW).block();

        assertThat(advance(first, 12)).isFalse();
        assertThat(store.announced(first).block()).isFalse();

        Position second = find();
        assertThat(second.restart()).isNotEqualTo(first.restart());
        assertThat(second.isAnnounced()).isFalse();
        assertThat(second.cursor()).isEqualTo(new FeedCursor("5f2a9c0e1d4b3a76", 0, 20));
    }

    @Test
    void secondRestartOfTheSamePlace_isIgnored() {
        Position first = find();
        store.restart(first, FEED, NOW).block();
        Position second = find();

        store.restart(first, FEED, NOW).block();

        assertThat(find()).isEqualTo(second);
    }

    @Test
    void removedPlace_movesNothing() {
        Position first = find();
        database.mongo.dropCollection(FeedStore.COLLECTION).block();

        assertThat(advance(first, 3)).isFalse();
        assertThat(find().cursor().number()).isZero();
    }
}
