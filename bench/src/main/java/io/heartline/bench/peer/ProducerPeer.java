package io.heartline.bench.peer;

import io.heartline.bench.client.KafkaClients;
import io.heartline.bench.load.IngestClient;
import io.heartline.bench.load.IngestResult;
import io.heartline.bench.model.IngestLikes;
import io.heartline.bench.model.Pace;
import io.heartline.bench.result.Delays;
import io.heartline.bench.server.ServerProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The least that ingesting likes costs: a Kafka producer that sends records created beforehand, at its own pace. It sends on
 * {@code POST /<likes per second>/<likes>}; a rate of 0 is as fast as possible.
 */
@Command(name = "producer-peer", hidden = true, description = "Sends to Kafka on request, for comparison.")
public final class ProducerPeer extends Peer {

    /** At full speed, one of so many records is timed, because reading the clock costs CPU. */
    private static final int TIMED_INTERVAL = 64;

    @Parameters(index = "3")
    private int authors;

    @Parameters(index = "4..*")
    private Map<String, String> settings = Map.of();

    private final LongAdder refused = new LongAdder();
    private final Histogram delay = Delays.histogram();
    private final Callback untimed = (written, e) -> count(e);
    private List<ProducerRecord<byte[], byte[]>> records;

    /** Returns a client that makes a peer in another process send. */
    public static IngestClient client(ServerProcess server, int rate) {
        return likes -> IngestResult.parse(server.post("/" + rate + "/" + likes, Duration.ofHours(12)));
    }

    @Override
    public Integer call() throws Exception {
        records = new IngestLikes(authors).records(topic);
        Map<String, Object> config = new HashMap<>(settings);
        config.putAll(Map.of("acks", "all", "enable.idempotence", true));
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(bootstrap, config)) {
            PeerServer.start(
                    port,
                    (method, path) ->
                            method.equals("POST") ? send(producer, path).text() : "");
            new CountDownLatch(1).await(); // until the process is stopped
        }
        return 0;
    }

    private IngestResult send(KafkaProducer<byte[], byte[]> producer, String path) {
        String[] parts = path.split("/");
        int rate = Integer.parseInt(parts[1]);
        long likes = Long.parseLong(parts[2]);
        refused.reset();
        delay.reset();
        Pace pace = Pace.fromNow(Math.max(1, rate));
        for (long i = 0; i < likes; i++) {
            ProducerRecord<byte[], byte[]> record = records.get((int) (i % records.size()));
            if (rate > 0) {
                producer.send(record, timed(pace.await(i)));
            } else {
                producer.send(record, i % TIMED_INTERVAL == 0 ? timed(System.nanoTime()) : untimed);
            }
        }
        producer.flush();
        double seconds = (System.nanoTime() - pace.start()) / 1e9;
        return new IngestResult(likes - refused.sum(), refused.sum(), seconds, Delays.of(delay));
    }

    private Callback timed(long due) {
        return (written, e) -> {
            count(e);
            delay.recordValue(System.nanoTime() - due);
        };
    }

    private void count(Exception e) {
        if (e != null) {
            refused.increment();
        }
    }
}
