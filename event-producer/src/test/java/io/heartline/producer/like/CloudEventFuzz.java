package io.heartline.producer.like;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.NotALikeEventException;
import io.heartline.producer.trace.RequestSpan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Any body is either refused with its errors, or is a CloudEvent that becomes the same event each time. Every reader of the topic
 * decodes it to the same like.
 */
public final class CloudEventFuzz {

    private static final CloudEventFactory FACTORY = new CloudEventFactory(new LikeParser(
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.123Z")),
            Duration.ofDays(90),
            Duration.ofMinutes(5)));
    private static final Set<String> POINTERS = Set.of(
            "",
            "/specversion",
            "/id",
            "/source",
            "/type",
            "/time",
            "/datacontenttype",
            "/data",
            "/data_base64",
            "/data/postId",
            "/data/authorId",
            "/data/likerId",
            "/data/type",
            "/data/at",
            "/data/id");
    private static final int MAX_PROBLEM_BYTES = 2_500;
    private static final int MAX_STRICT_PROBLEM_BYTES = 12_000; // with ten unknown fields of 128 escaped characters
    private static final int PADDING = 5;

    private CloudEventFuzz() {}

    /**
     * Reads a CloudEvent, and decodes the event that is made from it.
     *
     * @param body the body of a POST in structured mode
     * @throws NotALikeEventException if an accepted body becomes an event that no reader of the topic accepts
     */
    public static void fuzzerTestOneInput(byte[] body) throws NotALikeEventException {
        LikeEvent event = read(body, 0, body.length, false);
        byte[] padded = new byte[body.length + 2 * PADDING];
        System.arraycopy(body, 0, padded, PADDING, body.length);
        LikeEvent again = read(padded, PADDING, body.length, false);
        require(event == null ? again == null : event.equals(again), "it does not matter where the event stands");
        LikeEvent strict = read(body, 0, body.length, true);
        require(strict == null || strict.equals(event), "strict handling only refuses events");
        if (event != null) {
            ProducerRecord<byte[], byte[]> record = LikeEventRecord.of("likes", event, "/fuzz");
            require(LikeEventJson.decode(record.key(), record.value()).equals(event), "the topic has the same event");
            requireRequired(body, event);
        }
    }

    /** Requires what the JSON format demands, as a reader of trees finds it. */
    private static void requireRequired(byte[] body, LikeEvent event) {
        JsonNode tree;
        try {
            tree = JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return; // for example a number that is too large, in an extension that the service skips
        }
        require(tree.path("specversion").stringValue().equals("1.0"), "the version is 1.0");
        require(tree.path("type").stringValue().equals("io.heartline." + event.type()), "the type is the event's type");
        require(!tree.path("id").stringValue().isEmpty(), "the id is not empty");
        require(!tree.path("source").stringValue().isEmpty(), "the source is not empty");
    }

    private static LikeEvent read(byte[] bytes, int offset, int length, boolean isStrict) {
        IngestRequest request =
                new IngestRequest("alice", null, new Preferences(false, isStrict), RequestSpan.NOOP, null);
        try {
            return FACTORY.ofStructured(request, bytes, offset, length);
        } catch (RefusedException e) {
            requireProblem(e, isStrict);
            return null;
        }
    }

    private static void requireProblem(RefusedException refusal, boolean isStrict) {
        require(refusal.type() == ProblemType.INVALID_LIKE, "the refusal is of an invalid like");
        require(!refusal.errors().isEmpty(), "the refusal names an error");
        for (FieldError error : refusal.errors()) {
            require(
                    POINTERS.contains(error.pointer())
                            || isStrict
                                    && error.pointer().startsWith("/data/")
                                    && error.detail().equals("is unknown"),
                    "each error names an attribute or a field");
        }
        require(
                refusal.errors().stream().map(FieldError::pointer).distinct().count()
                        == refusal.errors().size(),
                "no place is named twice");
        byte[] problem = Problem.of(refusal).json();
        require(problem.length < (isStrict ? MAX_STRICT_PROBLEM_BYTES : MAX_PROBLEM_BYTES), "the answer stays small");
    }
}
