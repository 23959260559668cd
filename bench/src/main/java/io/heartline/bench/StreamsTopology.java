package io.heartline.bench;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.NotALikeEventException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The weekly figures as Kafka Streams would have them: a store that tells whether a pair or a person is new to an author's
 * week, and a windowed aggregation of what is. Nothing is repartitioned, since the topic's key is the author already.
 */
final class StreamsTopology {

    static final String WEEKS = "weeks";

    private static final String SEEN = "seen";
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration HISTORY = Duration.ofDays(400);
    // windows begin where 1970 does, on a Thursday: four days too early
    private static final long THURSDAY_TO_MONDAY = Duration.ofDays(4).toMillis();

    private final String topic;
    private volatile Map<TopicPartition, Long> ends = Map.of();

    /** An event, and what its author's week did not have before it. */
    record Step(boolean liked, boolean newPair, boolean newLiker, String postId, int day, int dayBefore) {}

    StreamsTopology(String topic) {
        this.topic = topic;
    }

    /** Has what was read committed when these offsets are reached, rather than half a minute later. */
    void commitAt(Map<TopicPartition, Long> offsets) {
        ends = offsets;
    }

    Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(SEEN), Serdes.String(), Serdes.ByteArray())
                        .withCachingEnabled());
        builder.stream(topic, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .processValues(Distinct::new, SEEN)
                .groupByKey(Grouped.keySerde(Serdes.ByteArray()))
                .windowedBy(TimeWindows.ofSizeAndGrace(WEEK, HISTORY))
                .aggregate(
                        StreamsWeek::new,
                        (author, step, week) -> week.add(step),
                        Materialized.<byte[], StreamsWeek, WindowStore<Bytes, byte[]>>as(WEEKS)
                                .withKeySerde(Serdes.ByteArray())
                                .withValueSerde(StreamsWeek.SERDE)
                                .withRetention(WEEK.plus(HISTORY)));
        return builder.build();
    }

    private final class Distinct implements FixedKeyProcessor<byte[], byte[], Step> {

        private FixedKeyProcessorContext<byte[], Step> context;
        private KeyValueStore<String, byte[]> seen;

        @Override
        public void init(FixedKeyProcessorContext<byte[], Step> to) {
            context = to;
            seen = to.getStateStore(SEEN);
        }

        @Override
        public void process(FixedKeyRecord<byte[], byte[]> record) {
            LikeEvent event = parse(record);
            LocalDate date = LocalDate.ofInstant(event.at(), ZoneOffset.UTC);
            int day = date.getDayOfWeek().ordinal();
            String week = date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)) + "/" + event.authorId() + "/";
            boolean liked = event instanceof Liked;
            String pair = week + (liked ? "+" : "-") + event.postId() + "/" + event.likerId();
            byte[] before = seen.get(pair);
            int earliest = before == null ? day : Math.min(day, before[0]);
            if (before == null || earliest < before[0]) {
                seen.put(pair, new byte[] {(byte) earliest});
            }
            boolean newLiker = liked && before == null && seen.putIfAbsent(week + event.likerId(), new byte[0]) == null;
            context.forward(record.withValue(new Step(
                            liked,
                            before == null,
                            newLiker,
                            event.postId(),
                            earliest,
                            before == null ? earliest : before[0]))
                    .withTimestamp(event.at().toEpochMilli() - THURSDAY_TO_MONDAY));
            commitAtTheEnd();
        }

        private static LikeEvent parse(FixedKeyRecord<byte[], byte[]> record) {
            try {
                return LikeEventJson.decode(record.key(), record.value());
            } catch (NotALikeEventException e) {
                throw new IllegalArgumentException(e);
            }
        }

        private void commitAtTheEnd() {
            context.recordMetadata()
                    .filter(at ->
                            ends.getOrDefault(new TopicPartition(at.topic(), at.partition()), -1L) == at.offset() + 1)
                    .ifPresent(at -> context.commit());
        }
    }
}
