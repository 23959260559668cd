package io.heartline.bench.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** How likes are sent to a target. */
public enum IngestMethod {
    /** A POST for each like, at an even pace. */
    single("single", "application/json"),
    /** The same, each like as a CloudEvent in binary mode. */
    cloudevents("cloudevents", "application/json"),
    /** POSTs of 500 likes in an array, the next one after an answer. */
    array("array", "application/json"),
    /** The same, compressed. */
    arrayGzip("array-gzip", "application/json"),
    /** The same with CloudEvents in batch mode. */
    cloudeventsBatch("cloudevents-batch", "application/cloudevents-batch+json"),
    /** The lines of one POST, as fast as the target reads them. */
    ndjson("ndjson", "application/x-ndjson"),
    /** The same, compressed. */
    ndjsonGzip("ndjson-gzip", "application/x-ndjson");

    private final String name;
    private final String contentType;

    IngestMethod(String name, String contentType) {
        this.name = name;
        this.contentType = contentType;
    }

    public String contentType() {
        return contentType;
    }

    /** Returns whether likes are sent at an even pace, and not as fast as possible. */
    public boolean isPaced() {
        return this == single || this == cloudevents;
    }

    public boolean isCompressed() {
        return this == arrayGzip || this == ndjsonGzip;
    }

    /** Returns a body as it is sent: compressed or not. */
    public byte[] encode(byte[] body) {
        if (!isCompressed()) {
            return body;
        }
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    /** Returns the HTTP status of accepted likes. */
    public int success() {
        return isPaced() ? 202 : 200;
    }

    /** Returns settings with which a bare Kafka producer sends such likes at low cost: the upper bound. */
    Map<String, String> limit() {
        return isPaced()
                ? Map.of("linger.ms", "0")
                : Map.of("linger.ms", "5", "batch.size", "262144", "compression.type", "lz4");
    }

    @Override
    public String toString() {
        return name;
    }
}
