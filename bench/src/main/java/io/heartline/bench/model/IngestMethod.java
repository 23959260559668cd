package io.heartline.bench.model;

import java.util.Map;

/** How likes are sent to a target. */
public enum IngestMethod {
    /** A POST for each like, at an even pace. */
    single(202, Map.of("linger.ms", "0")),
    /** The lines of one POST, as fast as the target reads them. */
    ndjson(200, Map.of("linger.ms", "5", "batch.size", "262144", "compression.type", "lz4"));

    private final int success;
    private final Map<String, String> limit;

    IngestMethod(int success, Map<String, String> limit) {
        this.success = success;
        this.limit = limit;
    }

    /** Returns the HTTP status of accepted likes. */
    public int success() {
        return success;
    }

    /** Returns settings with which a bare Kafka producer sends such likes at low cost: the upper bound. */
    Map<String, String> limit() {
        return limit;
    }
}
