package io.heartline.gateway;

import io.heartline.events.LikesLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Flux;

/** From the log to whoever follows: knows every partition of the one log that is being read. */
final class Fanout {

    private final int ringSize;
    private final GatewayMetrics metrics;
    private volatile Live live;
    private volatile boolean hasBeenLive;

    private record Live(LikesLog log, List<Partition> partitions) {}

    Fanout(int ringSize, GatewayMetrics metrics) {
        this.ringSize = ringSize;
        this.metrics = metrics;
    }

    /**
     * The author's frames from now on: {@code hello}, then a {@code like} for every event.
     *
     * <p>Fails with {@link LogLostException} while the log cannot be read; later with {@link BrokenStreamException}, if that
     * happens then or demand stays away for longer than the ring remembers.
     */
    Flux<Frame> follow(String authorId) {
        return Flux.defer(() -> {
            Live now = live;
            if (now == null) {
                return Flux.error(new LogLostException());
            }
            Partition partition = now.partitions().get(now.log().partitionOf(authorId));
            return Flux.from(socket -> partition.follow(authorId, socket));
        });
    }

    /** @param next by partition: the first offset that will be given to {@link #accept} */
    void start(LikesLog log, Map<Integer, Long> next) {
        List<Partition> partitions = new ArrayList<>();
        for (int number = 0; number < log.partitions(); number++) {
            partitions.add(new Partition(log.epoch(), number, next.get(number), ringSize, metrics));
        }
        live = new Live(log, partitions);
        hasBeenLive = true;
    }

    void accept(ConsumerRecords<byte[], byte[]> polled) {
        for (TopicPartition partition : polled.partitions()) {
            live.partitions()
                    .get(partition.partition())
                    .accept(
                            polled.records(partition),
                            polled.nextOffsets().get(partition).offset());
        }
    }

    /** Ends every connection and takes no new one until {@link #start} is called again. */
    void stop() {
        Live last = live;
        live = null;
        if (last != null) {
            last.partitions().forEach(partition -> partition.fail(BrokenStreamException.logLost()));
        }
    }

    boolean hasBeenLive() {
        return hasBeenLive;
    }
}
