package io.heartline.gateway.stream;

import io.heartline.bench.model.IngestLikes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The records that consecutive polls of a partition return. They are created before the measurement, because their creation is the
 * work of Kafka's client. They are repeated, each time with the next offsets.
 */
public final class Polled {

    /** The number of records of a poll, which is Kafka's default maximum. */
    public static final int RECORDS_PER_POLL = 500;

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
     * Creates the records.
     *
     * @param polls the number of polls before the records are repeated
     * @param author returns the author of the n-th record
     */
    public Polled(int polls, IntFunction<String> author) {
        records = new IngestLikes(polls * RECORDS_PER_POLL, author)
                .records(TOPIC).stream().map(Logged::new).toList();
        for (int i = 0; i < polls; i++) {
            this.polls.add(List.copyOf(records.subList(i * RECORDS_PER_POLL, (i + 1) * RECORDS_PER_POLL)));
        }
    }

    /**
     * Returns the next offset.
     *
     * @return the offset after the last poll
     */
    public long end() {
        return next;
    }

    /**
     * Returns the records of the next poll.
     *
     * @return records that are valid until they are repeated
     */
    public List<ConsumerRecord<byte[], byte[]>> poll() {
        int poll = (int) (next / RECORDS_PER_POLL % polls.size());
        for (int i = poll * RECORDS_PER_POLL; i < (poll + 1) * RECORDS_PER_POLL; i++) {
            records.get(i).offset = next++;
        }
        return polls.get(poll);
    }
}
