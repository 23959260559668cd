package io.heartline.bench;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer that sends each like at once and waits for every replica, and a consumer that polls: the shortest way there is. */
final class KafkaRoute implements Route {

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread poller = new Thread(this::poll, "kafka-route");
    private final LongAdder arrived = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Histogram delay = Delays.histogram();

    private KafkaRoute(Broker broker, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all", "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "enable.auto.commit", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    static KafkaRoute open(Broker broker, String topic) {
        KafkaRoute route = new KafkaRoute(broker, topic);
        seekToEnd(route.consumer, topic);
        route.poller.start();
        return route;
    }

    /** Every partition, from now on: what is sent after this has returned is polled. */
    static void seekToEnd(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(found -> new TopicPartition(topic, found.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    private void poll() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    delay.recordValue(System.nanoTime() - Due.in(Unpooled.wrappedBuffer(record.value())));
                    arrived.increment();
                }
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    @Override
    public void send(String author, long due, long number) {
        Liked like = new Liked("e-" + number, "p-" + number % 10, author, Due.liker(due, number), Instant.now());
        producer.send(LikeEventRecord.of(topic, like, "/bench"), (written, e) -> {
            if (e != null) {
                refused.increment();
            }
        });
    }

    @Override
    public List<Stage> stages() {
        return List.of(new Stage("due to polled", delay));
    }

    @Override
    public long arrived() {
        return arrived.sum();
    }

    @Override
    public long refused() {
        return refused.sum();
    }

    @Override
    public long settled() {
        return arrived() + refused();
    }

    @Override
    public void reset() {
        arrived.reset();
        refused.reset();
        delay.reset();
    }

    @Override
    public void close() {
        producer.close();
        consumer.wakeup();
        try {
            poller.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
