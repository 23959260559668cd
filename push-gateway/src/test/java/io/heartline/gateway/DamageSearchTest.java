package io.heartline.gateway;

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

class DamageSearchTest {

    private final DamagedLog log = new DamagedLog();
    private final TopicPartition place = log.partition(0);
    private final DamageSearch search = new DamageSearch(log.probe(), Duration.ofSeconds(5));

    @ParameterizedTest
    @CsvSource({"100, 101", "100, 102", "100, 103", "100, 600", "0, 999", "998, 999", "7, 520"})
    void damage_endsWhereItIsFoundToEnd_withFewReads(long from, long next) {
        log.append(0, 1_000);
        log.damage(0, from, next);

        assertThat(search.firstDecodable(place, from, 1_000)).isEqualTo(next);
        assertThat(log.polls).hasValueLessThanOrEqualTo(24);
    }

    @ParameterizedTest
    @CsvSource({"0", "500", "999"})
    void noLaterOffsetIsDecodable_theEndIsReturned(long from) {
        log.append(0, 1_000);
        log.damage(0, from, 5_000);

        assertThat(search.firstDecodable(place, from, 1_000)).isEqualTo(1_000);
    }

    @Test
    void anOffsetWithinDamage_isNotDecodable_andThoseAroundItAre() {
        log.append(0, 20);
        log.damage(0, 5, 10);

        assertThat(search.isDecodable(place, 4)).isTrue();
        assertThat(search.isDecodable(place, 5)).isFalse();
        assertThat(search.isDecodable(place, 9)).isFalse();
        assertThat(search.isDecodable(place, 10)).isTrue();
    }

    @Test
    void kafkaThatCannotBeRead_isNotTakenForDamage() {
        log.append(0, 20);
        log.failure = new TopicAuthorizationException("likes");

        assertThatThrownBy(() -> search.isDecodable(place, 5)).isSameAs(log.failure);
    }

    @Test
    void kafkaThatDeliversNothing_failsInTime() {
        DamageSearch impatient = new DamageSearch(log.probe(), Duration.ZERO);

        assertThatThrownBy(() -> impatient.isDecodable(place, 0)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void onlyWhatMayBeAboutRecords_isDamage() {
        assertThat(DamageSearch.isPossible(new KafkaException("Record batch is invalid")))
                .isTrue();
        assertThat(DamageSearch.isPossible(new CorruptRecordException("size"))).isTrue();
        assertThat(DamageSearch.isPossible(new NoClassDefFoundError("codec"))).isTrue();
        assertThat(DamageSearch.isPossible(new IllegalArgumentException("unknown compression type")))
                .isTrue();
        assertThat(DamageSearch.isPossible(new OutOfMemoryError("on purpose"))).isFalse();
        assertThat(DamageSearch.isPossible(new TimeoutException("away"))).isFalse();
        assertThat(DamageSearch.isPossible(new SaslAuthenticationException("who")))
                .isFalse();
        assertThat(DamageSearch.isPossible(new TopicAuthorizationException("likes")))
                .isFalse();
        assertThat(DamageSearch.isPossible(new OffsetOutOfRangeException(Map.of(place, 7L))))
                .isFalse();
        assertThat(DamageSearch.isPossible(new WakeupException())).isFalse();
    }
}
