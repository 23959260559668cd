package io.heartline.bench.model;

import io.heartline.bench.model.WholeNumber.NotNegative;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Kafka settings of the producers under test. A setting that is not given keeps the default of each target. */
public final class ProducerOptions {

    private final Map<String, String> given = new TreeMap<>();

    /** The names are Kafka's. */
    enum Compression {
        none,
        gzip,
        snappy,
        lz4,
        zstd
    }

    @Option(names = "--linger", paramLabel = "MS", converter = NotNegative.class, description = "linger.ms.")
    void linger(Integer millis) {
        given.put("linger.ms", millis.toString());
    }

    @Option(names = "--batch-size", paramLabel = "BYTES", description = "batch.size.")
    void batchSize(Integer bytes) {
        given.put("batch.size", bytes.toString());
    }

    @Option(names = "--compression", description = "compression.type: ${COMPLETION-CANDIDATES}.")
    void compression(Compression type) {
        given.put("compression.type", type.name());
    }

    /** Returns arguments of a Spring Boot service. */
    public List<String> forSpring() {
        return given.entrySet().stream()
                .map(setting -> "--spring.kafka.producer.properties.[" + setting.getKey() + "]=" + setting.getValue())
                .toList();
    }

    /** Returns arguments of {@code ProducerPeer}. */
    public List<String> forPeer(IngestMethod way) {
        Map<String, String> settings = new TreeMap<>(way.limit());
        settings.putAll(given);
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .toList();
    }

    @Override
    public String toString() {
        return given.isEmpty() ? "Kafka's producers by default" : "Kafka's producers with " + given;
    }
}
