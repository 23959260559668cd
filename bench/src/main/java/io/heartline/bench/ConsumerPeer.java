package io.heartline.bench;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What reading every record takes at least: a consumer that only counts, and answers any request with the count. */
@Command(name = "consumer-peer", hidden = true, description = "A Kafka consumer that only counts, to compare with.")
final class ConsumerPeer implements Callable<Integer> {

    static final String METRIC = "consumer_peer_records_total";

    @Parameters(index = "0")
    private String bootstrap;

    @Parameters(index = "1")
    private String topic;

    @Parameters(index = "2")
    private int port;

    private final AtomicLong records = new AtomicLong();

    @Override
    public Integer call() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "enable.auto.commit",
                        false,
                        "isolation.level",
                        "read_committed"), // as the gateway reads
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            KafkaRoute.seekToEnd(consumer, topic);
            serve();
            while (true) {
                records.addAndGet(consumer.poll(Duration.ofMillis(500)).count());
            }
        }
    }

    private void serve() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            byte[] text = (METRIC + " " + records + "\n").getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }
}
