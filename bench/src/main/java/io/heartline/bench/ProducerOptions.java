package io.heartline.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Settings of the Kafka producers under test that are Kafka's own. What is not given is as each has it by default. */
final class ProducerOptions {

    @Option(
            names = "--linger",
            paramLabel = "MS",
            converter = WholeNumber.NotNegative.class,
            description = "linger.ms of heartline and kafka. Default: heartline's own; kafka's 0 for single,"
                    + " 5 for ndjson.")
    private Integer linger;

    @Option(
            names = "--batch-size",
            paramLabel = "BYTES",
            converter = WholeNumber.Positive.class,
            description = "batch.size of both. Default: heartline's own; kafka's 16384 for single, 262144 for ndjson.")
    private Integer batchSize;

    @Option(
            names = "--compression",
            description = "compression.type of both: ${COMPLETION-CANDIDATES}. Default: heartline's own; kafka's none"
                    + " for single, lz4 for ndjson.")
    private Compression compression;

    /** As Kafka names them. */
    enum Compression {
        none,
        gzip,
        snappy,
        lz4,
        zstd
    }

    private Map<String, String> given() {
        Map<String, String> given = new TreeMap<>();
        if (linger != null) {
            given.put("linger.ms", linger.toString());
        }
        if (batchSize != null) {
            given.put("batch.size", batchSize.toString());
        }
        if (compression != null) {
            given.put("compression.type", compression.name());
        }
        return given;
    }

    /** Arguments of a service whose Kafka client Spring Boot sets up. */
    List<String> forSpring() {
        return given().entrySet().stream()
                .map(setting -> "--spring.kafka.producer.properties.[" + setting.getKey() + "]=" + setting.getValue())
                .toList();
    }

    /** Arguments of {@link ProducerPeer}. */
    List<String> forPeer(IngestWay way) {
        Map<String, String> settings = new TreeMap<>(way.limit());
        settings.putAll(given());
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .toList();
    }

    @Override
    public String toString() {
        return given().isEmpty() ? "Kafka's producers by default" : "Kafka's producers with " + given();
    }
}
