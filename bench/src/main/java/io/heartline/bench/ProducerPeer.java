package io.heartline.bench;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * What taking likes in costs at least: a Kafka producer that sends records which were made beforehand. It has nobody to take
 * them from, so it keeps the pace itself. Sends on {@code POST /<likes a second>/<likes>}, where 0 is as fast as it can.
 */
@Command(name = "producer-peer", hidden = true, description = "Sends to Kafka when it is told to, to compare with.")
final class ProducerPeer implements Callable<Integer> {

    private static final int TIMED =
            64; // one in so many at full speed, where to look at the clock would cost something

    @Parameters(index = "0")
    private String bootstrap;

    @Parameters(index = "1")
    private String topic;

    @Parameters(index = "2")
    private int port;

    @Parameters(index = "3")
    private int authors;

    @Parameters(index = "4..*")
    private Map<String, String> settings = Map.of();

    private final LongAdder refused = new LongAdder();
    private final Histogram delay = Delays.histogram();
    private final Callback untimed = (written, e) -> count(e);
    private List<ProducerRecord<byte[], byte[]>> records;

    /** The peer as it is asked from outside. */
    static Intake intake(ServerProcess server, int rate) {
        return likes -> Taken.parse(server.post("/" + rate + "/" + likes, Duration.ofHours(12)));
    }

    @Override
    public Integer call() throws Exception {
        records = new IngestLikes(authors).records(topic);
        Map<String, Object> config = new HashMap<>(settings);
        config.putAll(Map.of("bootstrap.servers", bootstrap, "acks", "all", "enable.idempotence", true));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.createContext("/", exchange -> {
                String answer = exchange.getRequestMethod().equals("POST")
                        ? send(producer, exchange.getRequestURI()).text()
                        : "";
                byte[] text = answer.getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, text.length == 0 ? -1 : text.length);
                exchange.getResponseBody().write(text);
                exchange.close();
            });
            server.start();
            new CountDownLatch(1).await(); // until the process is ended
        }
        return 0;
    }

    private Taken send(KafkaProducer<byte[], byte[]> producer, URI told) {
        String[] path = told.getPath().split("/");
        int rate = Integer.parseInt(path[1]);
        long likes = Long.parseLong(path[2]);
        refused.reset();
        delay.reset();
        Pace pace = Pace.fromNow(Math.max(1, rate));
        for (long i = 0; i < likes; i++) {
            ProducerRecord<byte[], byte[]> record = records.get((int) (i % records.size()));
            if (rate > 0) {
                producer.send(record, timed(pace.await(i)));
            } else {
                producer.send(record, i % TIMED == 0 ? timed(System.nanoTime()) : untimed);
            }
        }
        producer.flush();
        double seconds = (System.nanoTime() - pace.start()) / 1e9;
        return new Taken(likes - refused.sum(), refused.sum(), seconds, Delays.of(delay));
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
