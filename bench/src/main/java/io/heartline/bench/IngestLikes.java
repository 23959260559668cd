package io.heartline.bench;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Likes of each author in turn, made beforehand so that to send one costs next to nothing. So many that none stands twice in
 * what Kafka compresses at once, by people and with ids that look like real ones: these decide how small it gets.
 */
public final class IngestLikes {

    /** Of the event on the topic, whoever writes it. */
    static final int EVENT_BYTES = 160;

    private static final int AT_LEAST = 20_000;
    private static final Instant FIRST = Instant.parse("2026-11-24T10:00:00Z");
    private static final long VERSION_7 = 0x01936F0E_0000_7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final List<Liked> likes;

    public IngestLikes(int authors) {
        this(Math.max(authors, AT_LEAST), i -> "author-" + i % authors);
    }

    /** @param author of each */
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

    /** What is posted for each: its id and its time are the server's to say. */
    public List<byte[]> bodies() {
        return likes.stream()
                .map(like -> "{\"postId\":\"" + like.postId() + "\",\"authorId\":\"" + like.authorId()
                        + "\",\"likerId\":\"" + like.likerId() + "\"}")
                .map(body -> body.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    /** The same bodies, each as a line. */
    Lines lines() {
        List<byte[]> bodies = bodies();
        int[] ends = new int[bodies.size()];
        ByteBuf text = Unpooled.directBuffer(bodies.size() * 80);
        for (int i = 0; i < ends.length; i++) {
            text.writeBytes(bodies.get(i)).writeByte('\n');
            ends[i] = text.writerIndex();
        }
        return new Lines(text, ends);
    }

    /** The events as somebody has written them who said the ids and times. */
    public List<ProducerRecord<byte[], byte[]>> records(String topic) {
        return likes.stream()
                .map(like -> LikeEventRecord.of(topic, like, "/bench"))
                .toList();
    }

    /** Lines that follow each other, again and again. Outside of the heap, from where they are written without copying. */
    static final class Lines implements AutoCloseable {

        private final ByteBuf text;
        private final int[] ends;

        private Lines(ByteBuf text, int[] ends) {
            this.text = text;
            this.ends = ends;
        }

        /** @return how many of the lines from this one on stand in a row, {@code most} at the most */
        int inARow(long first, int most) {
            return Math.min(most, ends.length - (int) (first % ends.length));
        }

        /** For the caller to release. */
        ByteBuf slice(long first, int count) {
            int at = (int) (first % ends.length);
            int from = at == 0 ? 0 : ends[at - 1];
            return text.retainedSlice(from, ends[at + count - 1] - from);
        }

        @Override
        public void close() {
            text.release();
        }
    }
}
