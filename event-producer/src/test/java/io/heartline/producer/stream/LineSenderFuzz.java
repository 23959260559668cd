package io.heartline.producer.stream;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.UnavailableLog;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.Preferences;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.limit.RateLimiter;
import io.heartline.producer.trace.RequestSpan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * However a stream is split into pieces, every line is answered once and in order, with the answer that it would get alone. The log
 * never becomes available, so every valid like gets 503.
 */
public final class LineSenderFuzz {

    private static final EventFactory EVENTS = new EventFactory(new LikeParser(
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.123Z")),
            Duration.ofDays(90),
            Duration.ofMinutes(5)));
    private static final IngestRequest REQUEST =
            new IngestRequest("alice", null, Preferences.NONE, RequestSpan.NOOP, null);
    private static final LikeAppender UNAVAILABLE = UnavailableLog.appender(Duration.ofMillis(1));
    private static final IngestMetrics METRICS = new IngestMetrics(new SimpleMeterRegistry());
    private static final LineSender.Wakeup NO_WAKEUP = new LineSender.Wakeup() {
        @Override
        public void wakeUp() {}

        @Override
        public void wakeUpAfter(Duration delay) {
            require(false, "no line waits");
        }
    };
    private static final int PIECES = 4;
    private static final int X_REPEATS = 32; // each x of the input is repeated, so that short inputs reach 16 KiB

    private LineSenderFuzz() {}

    /**
     * Sends a stream in pieces.
     *
     * @param input the lengths of the pieces in its first four bytes, which are used in turn, then the stream
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length <= PIECES) {
            return;
        }
        byte[] stream = stretched(Arrays.copyOfRange(input, PIECES, input.length));
        List<Integer> expected = new ArrayList<>();
        expectedLines(stream).forEach(line -> expected.add(status(line)));
        List<Integer> actual = statuses(stream, input);
        require(actual.equals(expected), "lines " + actual + " instead of " + expected);
    }

    private static byte[] stretched(byte[] stream) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte b : stream) {
            for (int i = b == 'x' ? 0 : X_REPEATS - 1; i < X_REPEATS; i++) {
                all.write(b);
            }
        }
        return all.toByteArray();
    }

    private static List<byte[]> expectedLines(byte[] stream) {
        List<byte[]> lines = new ArrayList<>();
        for (String line : new String(stream, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            lines.add((line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
                    .getBytes(StandardCharsets.ISO_8859_1));
        }
        if (stream.length == 0 || stream[stream.length - 1] == '\n') {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    private static int status(byte[] line) {
        if (line.length > IngestRequest.MAX_LIKE_BYTES) {
            return 413;
        }
        try {
            EVENTS.ofBody(REQUEST, line, 0, line.length);
            return 503;
        } catch (RefusedException e) {
            return 400;
        }
    }

    private static List<Integer> statuses(byte[] stream, byte[] sizes) {
        InFlightWindow window = new InFlightWindow(Integer.MAX_VALUE, Integer.MAX_VALUE, false);
        LineSender sender = new LineSender(
                REQUEST, EVENTS, RateLimiter.UNLIMITED, UNAVAILABLE, window, METRICS, Duration.ZERO, NO_WAKEUP);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int piece = 0;
        for (int from = 0; from < stream.length; piece++) {
            int to = Math.min(stream.length, from + 1 + (sizes[piece % PIECES] & 0xff) * (piece % PIECES + 1));
            sender.add(DefaultDataBufferFactory.sharedInstance.wrap(Arrays.copyOfRange(stream, from, to)));
            sendLines(sender, window, answer);
            from = to;
        }
        sender.endInput();
        sendLines(sender, window, answer);
        require(sender.isDone(), "the stream ends");
        return answer.toString(StandardCharsets.UTF_8)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .map(new ResultReader()::status)
                .toList();
    }

    private static void sendLines(LineSender sender, InFlightWindow window, ByteArrayOutputStream answer) {
        do {
            sender.sendLines();
            while (window.writeSettled()) {
                answer.writeBytes(window.takeResults());
            }
        } while (!sender.needsInput());
    }

    private static final class ResultReader {

        private int line;

        int status(JsonNode result) {
            require(result.path("line").intValue() == ++line, "results are in line order");
            return result.path("status").intValue();
        }
    }
}
