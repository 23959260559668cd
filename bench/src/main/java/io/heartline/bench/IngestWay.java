package io.heartline.bench;

import java.util.Map;

/** How likes come in. */
enum IngestWay {
    /** A POST for each, at an even pace. */
    single(202, Map.of("linger.ms", "0")),
    /** As lines of one POST, as fast as they are taken. */
    ndjson(200, Map.of("linger.ms", "5", "batch.size", "262144", "compression.type", "lz4"));

    private final int success;
    private final Map<String, String> limit;

    IngestWay(int success, Map<String, String> limit) {
        this.success = success;
        this.limit = limit;
    }

    /** The HTTP status of likes that are taken. */
    int success() {
        return success;
    }

    /** Settings of a Kafka producer with which nobody writes likes that come in like this for much less. */
    Map<String, String> limit() {
        return limit;
    }
}
