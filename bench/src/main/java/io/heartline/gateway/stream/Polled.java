package io.heartline.gateway.stream;

import io.heartline.bench.model.IngestLikes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records as a partition receives them from successive polls. They are created beforehand and repeated with increasing offsets,
 * because creating them is the work of Kafka's client and is not to be measured.
 */
public final class Polled {

    /** Number of records in a poll, by default. */
    public static final int AT_ONCE = 500;

    private static final String TOPIC = "likes";

    private final List<Logged> records;
    private final List<List<ConsumerRecord<byte[], byte[]>>> polls = new ArrayList<>();
    private long next;

    /** A record whose offset can be moved. */
    private static final class Logged extends ConsumerRecord<byte[], byte[]> {

        private static final long LOGGED_AT = 1_795_514_400_000L;

        private long offset;

        Logged(ProducerRecord<byte[], byte[]> sent) {
            super(TOPIC, 0, 0, sent.key(), sent.value());
        }

        @Override
        public long offset() {
            return offset;
        }

        @Override
        public long timestamp() {
            return LOGGED_AT;
        }
    }

    /**
     * @param polls number of polls after which the records are repeated
     * @param author returns the author of the n-th record
     */
    public Polled(int polls, IntFunction<String> author) {
        records = new IngestLikes(polls * AT_ONCE, author)
                .records(TOPIC).stream().map(Logged::new).toList();
        for (int i = 0; i < polls; i++) {
            this.polls.add(List.copyOf(records.subList(i * AT_ONCE, (i + 1) * AT_ONCE)));
        }
    }

    /** Returns the first offset that was not polled. */
    public long end() {
        return next;
    }

    public List<ConsumerRecord<byte[], byte[]>> poll() {
        int poll = (int) (next / AT_ONCE % polls.size());
        for (int i = poll * AT_ONCE; i < (poll + 1) * AT_ONCE; i++) {
            records.get(i).offset = next++;
        }
        return polls.get(poll);
    }
}
