package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.EventTime;
import io.heartline.events.Identifier;
import io.heartline.producer.RawHttpAnswer;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every body is answered: a like with 202, and any other body with a problem of status 4xx. This test has the rules of a like in a
 * second form, over a tree. There is never a 500, and never no answer.
 */
class RandomBodiesIT {

    private static final JsonMapper TREES = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final JsonMapper STRICT =
            TREES.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final Pattern RFC_3339 = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\d[Tt]([01]\\d|2[0-3]):\\d\\d:[0-5]\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");
    private static final int BODIES = 500;

    private static RunningProducer producer;

    private final long seed = new Random().nextLong();
    private final RandomBodies bodies = new RandomBodies(new Random(seed));

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(Backends.unique("likes"));
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    @RepeatedTest(4)
    void randomBody_isAcceptedIfItIsALike_orElseRefusedWith4xx() throws Exception {
        Socket socket = connect();
        for (int i = 0; i < BODIES; i++) {
            byte[] body = bodies.next();
            socket.getOutputStream().write(request(body));

            RawHttpAnswer answer = RawHttpAnswer.read(socket.getInputStream());

            assertThat(answer.status()).as(describe(i, body)).isIn(permitted(body));
            if (answer.status() != 202) {
                JsonNode problem = TREES.readTree(answer.body());
                assertThat(problem.path("status").intValue()).isEqualTo(answer.status());
                assertThat(problem.path("errors").isEmpty())
                        .as(describe(i, body))
                        .isFalse();
            }
            if (answer.isLast()) {
                socket.close();
                socket = connect();
            }
        }
        socket.close();
    }

    @RepeatedTest(4)
    void randomLine_isAcceptedIfItIsALike_orElseRefusedByNumber() throws Exception {
        List<byte[]> lines = new ArrayList<>();
        try (StreamClient client = new StreamClient(producer.port)) {
            for (int i = 0; i < BODIES; i++) {
                byte[] line = withoutLineEnds(bodies.next());
                lines.add(line);
                client.write(line).write("\n");
            }
            List<JsonNode> results = client.end().results();

            assertThat(results).hasSize(BODIES + 1);
            for (int i = 0; i < BODIES; i++) {
                assertThat(results.get(i).path("line").intValue()).isEqualTo(i + 1);
                assertThat(results.get(i).path("status").intValue())
                        .as(describe(i, lines.get(i)))
                        .isIn(permitted(lines.get(i)));
            }
        }
    }

    private static byte[] withoutLineEnds(byte[] body) {
        byte[] line = body.clone();
        for (int i = 0; i < line.length; i++) {
            line[i] = line[i] == '\n' || line[i] == '\r' ? (byte) ' ' : line[i];
        }
        return line;
    }

    private String describe(int number, byte[] body) {
        return "body " + number + " of seed " + seed + ": " + new String(body, StandardCharsets.ISO_8859_1) + " ("
                + Base64.getEncoder().encodeToString(body) + ")";
    }

    /** A field that is given twice may be a field that is ignored. */
    private static Set<Integer> permitted(byte[] body) {
        if (body.length > 16 * 1024) {
            return Set.of(413);
        }
        if (!isLike(TREES, body)) {
            return Set.of(400);
        }
        return isLike(STRICT, body) ? Set.of(202) : Set.of(202, 400);
    }

    private static boolean isLike(JsonMapper json, byte[] body) {
        try {
            JsonNode like = json.readTree(text(body));
            return like.isObject()
                    && isIdentifier(like.path("postId"))
                    && isIdentifier(like.path("authorId"))
                    && isIdentifier(like.path("likerId"))
                    && isType(like.path("type"))
                    && isTime(like.path("at"));
        } catch (JacksonException | CharacterCodingException e) {
            return false;
        }
    }

    private static String text(byte[] body) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }

    private static boolean isIdentifier(JsonNode id) {
        return id.isString() && Identifier.isValid(id.stringValue());
    }

    private static boolean isType(JsonNode type) {
        return isNone(type) || type.isString() && Set.of("liked", "unliked").contains(type.stringValue());
    }

    private static boolean isTime(JsonNode at) {
        if (isNone(at)) {
            return true;
        }
        try {
            Instant time = EventTime.parse(at.stringValue(""));
            Instant now = Instant.now();
            return RFC_3339.matcher(at.stringValue("")).matches()
                    && time.isAfter(now.minus(Duration.ofDays(90)))
                    && time.isBefore(now.plus(Duration.ofMinutes(5)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isNone(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", producer.port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static byte[] request(byte[] body) {
        byte[] head =
                ("POST /v1/likes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .array();
    }
}
