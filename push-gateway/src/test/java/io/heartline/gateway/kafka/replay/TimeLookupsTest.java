package io.heartline.gateway.kafka.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.History;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TimeLookupsTest {

    private final AlternatingLog log = new AlternatingLog();
    private final TimeLookups lookups = new TimeLookups(
            "likes",
            Duration.ofSeconds(5),
            task -> CompletableFuture.completedFuture(task.get()),
            () -> log.consumer(10));

    @Test
    void time_findsFirstRecordSince_inclusive() {
        assertThat(since("1970-01-01T00:00:04Z")).isEqualTo(new History.Since(4, true));
        assertThat(since("1970-01-01T00:00:03.001Z")).isEqualTo(new History.Since(4, true));
    }

    @Test
    void timeBetweenTwoMilliseconds_excludesTheEarlierRecord() {
        assertThat(since("1970-01-01T00:00:04.000000001Z")).isEqualTo(new History.Since(5, true));
    }

    @Test
    void timeAfterNewestRecord_findsEnd_andIsComplete() {
        assertThat(since("9999-12-31T23:59:59Z")).isEqualTo(new History.Since(10, true));
    }

    @Test
    void timeBefore1970_findsFirstRecord() {
        assertThat(since("0001-01-01T00:00:00Z")).isEqualTo(new History.Since(0, true));
    }

    @Test
    void earlierRecordRemains_deletedRecordsAreOlder() {
        log.begin = 3;

        assertThat(since("1970-01-01T00:00:04Z")).isEqualTo(new History.Since(4, true));
    }

    @Test
    void firstRemainingRecordIsFound_deletedRecordsMayBeSinceTheTime() {
        log.begin = 3;

        assertThat(since("1970-01-01T00:00:03Z")).isEqualTo(new History.Since(3, false));
        assertThat(since("1970-01-01T00:00:01Z")).isEqualTo(new History.Since(3, false));
    }

    @Test
    void allRecordsDeleted_isIncomplete() {
        log.begin = 10;

        assertThat(since("1970-01-01T00:00:04Z")).isEqualTo(new History.Since(10, false));
    }

    private History.Since since(String time) {
        return lookups.firstSince(3, Instant.parse(time)).toCompletableFuture().join();
    }
}
