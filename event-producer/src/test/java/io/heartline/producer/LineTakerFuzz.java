package io.heartline.producer;

import static io.heartline.events.Fuzzing.require;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * However a stream is cut into pieces, every line of it is answered once and in order, as it would have been alone. The log
 * is one that never opens: what is a like is told to be unavailable.
 */
public final class LineTakerFuzz {

    private static final LikeReader READER = new LikeReader(
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.123Z")), Duration.ofDays(90), Duration.ofMinutes(5));
    private static final Intake INTAKE = new Intake(READER, new EventIds(), "alice", null, Trace.NONE, null);
    private static final LikeLog NEVER_OPEN = new LikeLog(
            new LogOpener(null, Map.of(), new ProducerSettings.Topic("likes", 1, (short) 1, 1), Duration.ofDays(1)),
            "/fuzz",
            Duration.ofMillis(1));
    private static final IngestMetrics METRICS =
            new IngestMetrics(new SimpleMeterRegistry(), NEVER_OPEN, new Places("streams", 1));
    private static final LineTaker.Wakeup NOT_NEEDED = new LineTaker.Wakeup() {
        @Override
        public void now() {}

        @Override
        public void in(Duration delay) {
            require(false, "nothing is held back");
        }
    };
    private static final int PIECES = 4;
    private static final int LENGTH = 32; // x in a line of nothing else, so that 16 KiB are within reach

    private LineTakerFuzz() {}

    /**
     * Sends a stream in pieces.
     *
     * @param input the lengths of the pieces in its first four bytes, which are used in turn, then the stream
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length <= PIECES) {
            return;
        }
        byte[] stream = lengthened(Arrays.copyOfRange(input, PIECES, input.length));
        List<Integer> expected = new ArrayList<>();
        naive(stream).forEach(line -> expected.add(status(line)));
        List<Integer> told = told(stream, input);
        require(told.equals(expected), "lines " + told + " instead of " + expected);
    }

    private static byte[] lengthened(byte[] stream) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte b : stream) {
            for (int i = b == 'x' ? 0 : LENGTH - 1; i < LENGTH; i++) {
                all.write(b);
            }
        }
        return all.toByteArray();
    }

    private static List<byte[]> naive(byte[] stream) {
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
        if (line.length > Intake.MOST_BYTES) {
            return 413;
        }
        try {
            READER.read(line, 0, line.length);
            return 503;
        } catch (RefusedException e) {
            return 400;
        }
    }

    private static List<Integer> told(byte[] stream, byte[] sizes) {
        Window window = new Window(Integer.MAX_VALUE, Integer.MAX_VALUE, false);
        LineTaker taker =
                new LineTaker(INTAKE, Allowance.UNLIMITED, NEVER_OPEN, window, METRICS, Duration.ZERO, NOT_NEEDED);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int piece = 0;
        for (int from = 0; from < stream.length; piece++) {
            int to = Math.min(stream.length, from + 1 + (sizes[piece % PIECES] & 0xff) * (piece % PIECES + 1));
            taker.add(DefaultDataBufferFactory.sharedInstance.wrap(Arrays.copyOfRange(stream, from, to)));
            take(taker, window, answer);
            from = to;
        }
        taker.end();
        take(taker, window, answer);
        require(taker.isThrough(), "it comes to an end");
        return answer.toString(StandardCharsets.UTF_8)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .map(new Numbered()::status)
                .toList();
    }

    private static void take(LineTaker taker, Window window, ByteArrayOutputStream answer) {
        do {
            taker.takeLines();
            while (window.tellSettled()) {
                answer.writeBytes(window.takeResults());
            }
        } while (!taker.isDry());
    }

    private static final class Numbered {

        private int line;

        int status(JsonNode result) {
            require(result.path("line").intValue() == ++line, "lines are told in order");
            return result.path("status").intValue();
        }
    }
}
