package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UndecodableSearchTest {

    private final FakeDamagedLog log = new FakeDamagedLog();
    private final TopicPartition place = log.partition(0);
    private final UndecodableSearch search = new UndecodableSearch(log.probe(), Duration.ofSeconds(5));

    @ParameterizedTest
    @CsvSource({"100, 101", "100, 102", "100, 103", "100, 600", "0, 999", "998, 999", "7, 520"})
    void firstDecodable_isFoundWithFewReads(long from, long next) {
        log.append(0, 1_000);
        log.damage(0, from, next);

        assertThat(search.firstDecodable(place, from, 1_000)).isEqualTo(next);
        assertThat(log.polls).hasValueLessThanOrEqualTo(24);
    }

    @ParameterizedTest
    @CsvSource({"0", "500", "999"})
    void noLaterOffsetDecodable_returnsEnd(long from) {
        log.append(0, 1_000);
        log.damage(0, from, 5_000);

        assertThat(search.firstDecodable(place, from, 1_000)).isEqualTo(1_000);
    }

    @Test
    void undecodableRange_isNotDecodable_andNeighboursAre() {
        log.append(0, 20);
        log.damage(0, 5, 10);

        assertThat(search.isDecodable(place, 4)).isTrue();
        assertThat(search.isDecodable(place, 5)).isFalse();
        assertThat(search.isDecodable(place, 9)).isFalse();
        assertThat(search.isDecodable(place, 10)).isTrue();
    }

    @Test
    void kafkaFailure_isNotTakenForUndecodableRecords() {
        log.append(0, 20);
        log.failure = new TopicAuthorizationException("likes");

        assertThatThrownBy(() -> search.isDecodable(place, 5)).isSameAs(log.failure);
    }

    @Test
    void kafkaDeliversNothing_timesOut() {
        UndecodableSearch search = new UndecodableSearch(log.probe(), Duration.ZERO);

        assertThatThrownBy(() -> search.isDecodable(place, 0)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void onlyRecordErrors_mayBeUndecodable() {
        assertThat(UndecodableSearch.mayBeUndecodable(new KafkaException("Record batch is invalid")))
                .isTrue();
        assertThat(UndecodableSearch.mayBeUndecodable(new CorruptRecordException("size")))
                .isTrue();
        assertThat(UndecodableSearch.mayBeUndecodable(new NoClassDefFoundError("codec")))
                .isTrue();
        assertThat(UndecodableSearch.mayBeUndecodable(new IllegalArgumentException("unknown compression type")))
                .isTrue();
        assertThat(UndecodableSearch.mayBeUndecodable(new OutOfMemoryError("on purpose")))
                .isFalse();
        assertThat(UndecodableSearch.mayBeUndecodable(new TimeoutException("away")))
                .isFalse();
        assertThat(UndecodableSearch.mayBeUndecodable(new SaslAuthenticationException("who")))
                .isFalse();
        assertThat(UndecodableSearch.mayBeUndecodable(new TopicAuthorizationException("likes")))
                .isFalse();
        assertThat(UndecodableSearch.mayBeUndecodable(new OffsetOutOfRangeException(Map.of(place, 7L))))
                .isFalse();
        assertThat(UndecodableSearch.mayBeUndecodable(new WakeupException())).isFalse();
    }
}
