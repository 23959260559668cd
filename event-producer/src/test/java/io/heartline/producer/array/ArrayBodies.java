package io.heartline.producer.array;

import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IdempotencyKey;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.Preferences;
import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/** Reads arrays as the service does, in pieces of a given size. */
final class ArrayBodies {

    static final EventFactory EVENTS = new EventFactory(new LikeParser(
            InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.123Z")),
            Duration.ofDays(90),
            Duration.ofMinutes(5)));

    private ArrayBodies() {}

    static IngestRequest request(@Nullable String key) {
        return new IngestRequest(
                "alice", key == null ? null : new IdempotencyKey(key), Preferences.NONE, RequestSpan.NOOP, null);
    }

    static LikeArray read(String body) {
        return read(body, Integer.MAX_VALUE);
    }

    static LikeArray read(String body, int pieceSize) {
        return read(bytes(body), new int[] {pieceSize}, new LikeArray(request(null), EVENTS::ofItem, 0));
    }

    /** Reads a whole body, whose pieces have the sizes in turn. */
    static LikeArray read(byte[] body, int[] pieceSizes, LikeArray array) {
        int piece = 0;
        for (int from = 0; from < body.length; piece++) {
            int to = from + Math.min(body.length - from, pieceSizes[piece % pieceSizes.length]);
            array.add(DefaultDataBufferFactory.sharedInstance.wrap(Arrays.copyOfRange(body, from, to)));
            from = to;
        }
        array.endBody();
        return array;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static DataBuffer piece(String text) {
        return DefaultDataBufferFactory.sharedInstance.wrap(bytes(text));
    }

    static String like(int number) {
        return "{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"liker-" + number + "\"}";
    }

    /** Returns an array of likes, whose likers are numbered from 1. */
    static String likes(int count) {
        return "["
                + String.join(
                        ",",
                        IntStream.rangeClosed(1, count)
                                .mapToObj(ArrayBodies::like)
                                .toList()) + "]";
    }
}
