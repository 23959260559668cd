package io.heartline.producer.like;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.NotALikeEventException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.databind.json.JsonMapper;

/** Any body is either refused with its errors, or becomes an event that every reader of the topic decodes to the same like. */
public final class LikeParserFuzz {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123Z");
    private static final LikeParser PARSER =
            new LikeParser(InstantSource.fixed(NOW), Duration.ofDays(90), Duration.ofMinutes(5));
    private static final EventIds IDS = new EventIds();
    private static final IdempotencyKey KEY = new IdempotencyKey("7f3a");
    private static final Set<String> POINTERS = Set.of("", "/postId", "/authorId", "/likerId", "/type", "/at", "/id");
    private static final int PADDING = 5;

    private LikeParserFuzz() {}

    /**
     * Parses a body, and decodes the event that is made from it.
     *
     * @param body the body of a POST
     * @throws NotALikeEventException if an accepted body becomes an event that no reader of the topic accepts
     */
    public static void fuzzerTestOneInput(byte[] body) throws NotALikeEventException {
        ParsedLike like = parse(body, 0, body.length);
        byte[] padded = new byte[body.length + 2 * PADDING];
        System.arraycopy(body, 0, padded, PADDING, body.length);
        ParsedLike again = parse(padded, PADDING, body.length);
        require(like == null ? again == null : like.equals(again), "it does not matter where it stands");
        if (like != null) {
            requireReadable(like, body);
        }
    }

    private static ParsedLike parse(byte[] bytes, int offset, int length) {
        try {
            return PARSER.parse(bytes, offset, length, false);
        } catch (RefusedException e) {
            requireProblem(e);
            return null;
        }
    }

    private static void requireReadable(ParsedLike like, byte[] body) throws NotALikeEventException {
        LikeEvent event = like.toEvent(IDS.keyedId("alice", KEY, body, 0, body.length));
        ProducerRecord<byte[], byte[]> record = LikeEventRecord.of("likes", event, "/fuzz");
        require(LikeEventJson.decode(record.key(), record.value()).equals(event), "who reads the topic reads the same");
        require(!event.at().isAfter(NOW.plus(Duration.ofMinutes(5))), "it is not too far ahead");
        require(!event.at().isBefore(NOW.minus(Duration.ofDays(91))), "it is not too far back");
    }

    /** Encodes the problem as an answer and as a line of a stream. */
    static void requireProblem(RefusedException refusal) {
        require(refusal.type() == ProblemType.INVALID_LIKE, "the refusal is of an invalid like");
        require(!refusal.errors().isEmpty(), "the refusal names an error");
        require(
                refusal.errors().stream().map(FieldError::pointer).allMatch(POINTERS::contains),
                "each error names a field of a like");
        require(
                refusal.errors().stream().map(FieldError::pointer).distinct().count()
                                == refusal.errors().size()
                        || refusal.errors().stream()
                                .anyMatch(error -> error.detail().endsWith("more than once")),
                "no error is repeated");
        byte[] problem = Problem.of(refusal).json();
        require(problem.length < 2_000, "the answer is no larger than it has to be");
        require(JsonMapper.shared().readTree(problem).path("status").intValue() == 400, "the answer is JSON");
    }
}
