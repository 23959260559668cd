package io.heartline.producer.http;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.NotALikeEventException;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.like.CloudEventFactory;
import io.heartline.producer.like.FieldError;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.Preferences;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.http.HttpHeaders;

/** A header is either refused, or decoded to a value that decodes to itself when it is encoded in full. */
public final class CloudEventHeadersFuzz {

    private static final CloudEventFactory FACTORY = new CloudEventFactory(new LikeParser(
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.123Z")),
            Duration.ofDays(90),
            Duration.ofMinutes(5)));
    private static final IngestRequest REQUEST =
            new IngestRequest("alice", null, Preferences.NONE, RequestSpan.NOOP, null);
    private static final byte[] LIKE = LikeBodies.like("alice", "bob").getBytes(StandardCharsets.UTF_8);
    private static final List<String> NAMES = List.of("ce-id", "ce-source", "ce-time", "ce-type", "ce-specversion");
    private static final Set<String> PLACES = Set.copyOf(NAMES);
    private static final int MAX_PROBLEM_BYTES = 1_500;

    private CloudEventHeadersFuzz() {}

    /**
     * Decodes each line, and sends the lines as the headers of a like.
     *
     * @param input one line for each of the headers, in the order of their names above; a header without a line is valid
     * @throws NotALikeEventException if accepted headers become an event that no reader of the topic accepts
     */
    public static void fuzzerTestOneInput(byte[] input) throws NotALikeEventException {
        String[] lines = new String(input, StandardCharsets.ISO_8859_1).split("\n", NAMES.size());
        HttpHeaders headers = headers();
        HttpHeaders encoded = headers();
        boolean isEncodable = true;
        for (int i = 0; i < lines.length; i++) {
            headers.set(NAMES.get(i), lines[i]);
            String value = CloudEventHeaders.decode(lines[i]);
            isEncodable &= value != null;
            if (value != null) {
                require(
                        value.equals(CloudEventHeaders.decode(percentEncoded(value))),
                        "encoding and decoding are inverse");
                encoded.set(NAMES.get(i), percentEncoded(value));
            }
        }
        LikeEvent event = read(headers);
        require(event == null || isEncodable, "a malformed header is refused");
        if (event != null) {
            require(event.equals(read(encoded)), "the encoding of a header does not matter");
            ProducerRecord<byte[], byte[]> record = LikeEventRecord.of("likes", event, "/fuzz");
            require(LikeEventJson.decode(record.key(), record.value()).equals(event), "the topic has the same event");
        }
    }

    private static HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        headers.set("ce-specversion", "1.0");
        headers.set("ce-id", "a-1");
        headers.set("ce-source", "/app");
        headers.set("ce-type", "io.heartline.liked");
        return headers;
    }

    private static String percentEncoded(String value) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format("%%%02X", b));
        }
        return encoded.toString();
    }

    private static LikeEvent read(HttpHeaders headers) {
        try {
            return CloudEventHeaders.reader(headers, FACTORY).read(REQUEST, LIKE, 0, LIKE.length);
        } catch (RefusedException e) {
            require(e.type() == ProblemType.INVALID_LIKE, "the refusal is of an invalid like");
            require(!e.errors().isEmpty(), "the refusal names an error");
            require(
                    PLACES.containsAll(
                            e.errors().stream().map(FieldError::header).toList()),
                    "each error names a header");
            require(
                    e.errors().stream().map(FieldError::header).distinct().count()
                            == e.errors().size(),
                    "no header is named twice");
            require(Problem.of(e).json().length < MAX_PROBLEM_BYTES, "the answer stays small");
            return null;
        }
    }
}
