package io.heartline.bench.load;

import io.heartline.bench.client.Followers;
import io.heartline.bench.client.KafkaClients;
import io.heartline.bench.model.FrameText;
import io.heartline.bench.model.HttpCall;
import io.heartline.bench.model.Target;
import io.heartline.bench.result.Delays;
import io.heartline.bench.server.Broker;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A route of likes from a sender to a receiver, which measures delays from when each like was due.
 *
 * @param stages points of the route, with the delays of likes there; the last one is the arrival
 * @param arrived number of likes that arrived
 * @param refused number of likes that were rejected or failed
 * @param settled number of likes about which nothing more will be received
 * @param reset sets all counters and histograms to zero
 * @param release closes clients and servers
 */
public record Route(
        Sender sender,
        List<Stage> stages,
        LongSupplier arrived,
        LongSupplier refused,
        LongSupplier settled,
        Runnable reset,
        Runnable release)
        implements AutoCloseable {

    /** Sends a like without waiting for its arrival. */
    public interface Sender {

        void send(String author, long due, long number);
    }

    /** @param delay nanoseconds after which likes passed this point of the route */
    public record Stage(String name, Histogram delay) {}

    /** Opens the route through Heartline: a POST to the event producer, and WebSockets of the push gateway that share the authors. */
    public static Route throughHeartline(
            Servers servers, String topic, IntFunction<String> author, int authors, int perConnection)
            throws InterruptedException {
        ServerProcess producer = servers.startProducer(topic, List.of());
        ServerProcess gateway = servers.startGateway(topic);
        int clients = authors / perConnection;
        Followers followers = Followers.connect(
                Target.heartline, i -> gateway.likesOf(author, i * perConnection, perConnection), clients, clients);
        RequestSender requests = new RequestSender(producer.uri("http", "/"), 202);
        return new Route(
                (id, due, number) -> {
                    String like = "{\"postId\":\"p-" + number % 10 + "\",\"authorId\":\"" + id + "\",\"likerId\":\""
                            + FrameText.likerId(due, number) + "\"}";
                    requests.send(HttpCall.post("/v1/likes", like.getBytes(StandardCharsets.US_ASCII)), due);
                },
                List.of(new Stage("due to 202", requests.delay), new Stage("due to frame", followers.delay)),
                () -> {
                    followers.requireNoFailure();
                    return followers.likes.sum();
                },
                requests.refused::sum,
                // a frame may arrive before the 202
                () -> Math.min(followers.likes.sum(), requests.accepted.sum()) + requests.refused.sum(),
                () -> {
                    followers.likes.reset();
                    followers.delay.reset();
                    requests.reset();
                },
                () -> {
                    requests.close();
                    followers.close();
                    gateway.close();
                    producer.close();
                });
    }

    /** Opens the shortest route: a producer that sends each like immediately, and a polling consumer. */
    public static Route throughKafka(Broker broker, String topic) {
        KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(broker.bootstrapServers());
        KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(broker.bootstrapServers(), Map.of());
        KafkaClients.seekToEnd(consumer, topic);
        LongAdder arrived = new LongAdder();
        LongAdder refused = new LongAdder();
        Histogram delay = Delays.histogram();
        Thread poller = new Thread(() -> poll(consumer, delay, arrived), "kafka-route");
        poller.start();
        return new Route(
                (author, due, number) -> {
                    String liker = FrameText.likerId(due, number);
                    Liked like = new Liked(FrameText.eventId(number), "p-" + number % 10, author, liker, Instant.now());
                    producer.send(
                            LikeEventRecord.of(topic, like, "/bench"), (written, e) -> refused.add(e == null ? 0 : 1));
                },
                List.of(new Stage("due to polled", delay)),
                arrived::sum,
                refused::sum,
                () -> arrived.sum() + refused.sum(),
                () -> {
                    arrived.reset();
                    refused.reset();
                    delay.reset();
                },
                () -> {
                    producer.close();
                    consumer.wakeup();
                });
    }

    private static void poll(KafkaConsumer<byte[], byte[]> consumer, Histogram delay, LongAdder arrived) {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    delay.recordValue(System.nanoTime() - FrameText.dueTime(Unpooled.wrappedBuffer(record.value())));
                    arrived.increment();
                }
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    @Override
    public void close() {
        release.run();
    }
}
