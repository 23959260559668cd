package io.heartline.bench.peer;

import io.heartline.bench.client.KafkaClients;
import io.heartline.events.Liked;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The least that a batch over the topic has to do: polls, reads each value into a {@link BareLike}, and counts. It reads what the
 * topic contains at {@code POST /run}, and answers {@code GET /figures} with the numbers of likes and withdrawals.
 */
@Command(name = "batch-peer", hidden = true, description = "Reads a topic on request, for comparison.")
public final class BatchPeer extends Peer {

    public static final String RUN = "/run";
    public static final String FIGURES = "/figures";

    private KafkaConsumer<byte[], byte[]> consumer;
    private List<TopicPartition> partitions;
    private long liked;
    private long unliked;

    @Override
    public Integer call() throws Exception {
        Map<String, ?> asReportBatch = Map.of("isolation.level", "read_committed", "max.poll.records", 5000);
        consumer = KafkaClients.consumer(bootstrap, asReportBatch);
        partitions = KafkaClients.assign(consumer, topic);
        consumer.seekToBeginning(partitions);
        PeerServer.start(port, (method, path) -> {
            if (path.equals(RUN)) {
                run();
            }
            return path.equals(FIGURES) ? liked + " " + unliked : "";
        });
        new CountDownLatch(1).await(); // until the process is stopped
        return 0;
    }

    private void run() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            while (consumer.position(partition) < ends.get(partition)) { // a poll may also advance later partitions
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (BareLike.of(record.value()).type().equals(Liked.TYPE)) {
                        liked++;
                    } else {
                        unliked++;
                    }
                }
            }
        }
    }

    /**
     * A like that Jackson's token stream has read without any check, with {@code at} as text: the upper bound of any reader of all
     * fields.
     */
    record BareLike(String id, String type, String postId, String authorId, String likerId, String at) {

        private static final JsonFactory JSON = new JsonFactory();

        static BareLike of(byte[] value) {
            String id = null;
            String type = null;
            String postId = null;
            String authorId = null;
            String likerId = null;
            String at = null;
            try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), value)) {
                json.nextToken();
                for (String field = json.nextName(); field != null; field = json.nextName()) {
                    json.nextToken();
                    switch (field) {
                        case "id" -> id = json.getString();
                        case "type" -> type = json.getString();
                        case "postId" -> postId = json.getString();
                        case "authorId" -> authorId = json.getString();
                        case "likerId" -> likerId = json.getString();
                        case "at" -> at = json.getString();
                        default -> json.skipChildren();
                    }
                }
            }
            return new BareLike(id, type, postId, authorId, likerId, at);
        }
    }
}
