package io.heartline.bench.model;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Likes of each author in turn, created beforehand so that sending one costs little. There are so many that a compressed
 * batch contains none twice. Their ids look like real ones, because ids decide how well a batch compresses.
 */
public final class IngestLikes {

    /** Size of the event in the topic, the same for every target. */
    static final int EVENT_BYTES = 160;

    private static final int MIN_COUNT = 20_000;
    private static final Instant FIRST = Instant.parse("2026-11-24T10:00:00Z");
    private static final long VERSION_7 = 0x01936F0E_0000_7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final List<Liked> likes;

    public IngestLikes(int authors) {
        this(Math.max(authors, MIN_COUNT), i -> "author-" + i % authors);
    }

    /** @param author returns the author of a like by its number */
    public IngestLikes(int count, IntFunction<String> author) {
        Random random = new Random(count);
        likes = IntStream.range(0, count)
                .mapToObj(i -> like(author.apply(i), "post-" + i % 10, i, random))
                .toList();
    }

    public List<Liked> likes() {
        return likes;
    }

    private static Liked like(String author, String post, int number, Random random) {
        String id = new UUID(
                        VERSION_7 | (long) number << 16 | random.nextInt(1 << 12), VARIANT | random.nextLong() >>> 2)
                .toString();
        String liker = Long.toHexString(1L << 63 | random.nextLong());
        Instant at = FIRST.plusMillis(number);
        int over = bytes(new Liked(id, post, author, liker, at)) - EVENT_BYTES;
        String fitting = over <= 0 ? liker + "0".repeat(-over) : liker.substring(0, Math.max(1, liker.length() - over));
        return new Liked(id, post, author, fitting, at);
    }

    private static int bytes(Liked like) {
        return LikeEventRecord.of("any", like, "/bench").value().length;
    }

    /** Returns the request body of each like. The server adds id and time. */
    public List<byte[]> bodies() {
        return bodies("");
    }

    /** Returns the request bodies as lines. */
    public List<byte[]> lines() {
        return bodies("\n");
    }

    private List<byte[]> bodies(String end) {
        return likes.stream()
                .map(like -> "{\"postId\":\"" + like.postId() + "\",\"authorId\":\"" + like.authorId()
                        + "\",\"likerId\":\"" + like.likerId() + "\"}" + end)
                .map(body -> body.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    /** Returns the records of the events, with ids and times. */
    public List<ProducerRecord<byte[], byte[]>> records(String topic) {
        return likes.stream()
                .map(like -> LikeEventRecord.of(topic, like, "/bench"))
                .toList();
    }
}
