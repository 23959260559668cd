package io.heartline.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** An author's week as {@link StreamsTopology} stores it, in no more bytes than it needs. */
final class StreamsWeek {

    static final Serde<StreamsWeek> SERDE = Serdes.serdeFrom(
            (topic, week) -> week == null ? null : week.bytes(),
            (topic, bytes) -> bytes == null ? null : new StreamsWeek(ByteBuffer.wrap(bytes)));

    private static final int TOP_POSTS = 10;
    private static final int COUNTERS = 5 + Figures.DAYS;

    private final long[] byDay = new long[Figures.DAYS];
    private final Map<String, Long> likesByPost = new HashMap<>();
    private long liked;
    private long unliked;
    private long likes;
    private long unlikes;
    private long likers;

    StreamsWeek() {}

    private StreamsWeek(ByteBuffer in) {
        liked = in.getLong();
        unliked = in.getLong();
        likes = in.getLong();
        unlikes = in.getLong();
        likers = in.getLong();
        for (int day = 0; day < byDay.length; day++) {
            byDay[day] = in.getLong();
        }
        while (in.hasRemaining()) {
            byte[] post = new byte[in.get() & 0xFF];
            in.get(post);
            likesByPost.put(new String(post, StandardCharsets.US_ASCII), in.getLong());
        }
    }

    StreamsWeek add(StreamsTopology.Step step) {
        if (!step.liked()) {
            unliked++;
            unlikes += step.newPair() ? 1 : 0;
            return this;
        }
        liked++;
        likers += step.newLiker() ? 1 : 0;
        if (step.newPair()) {
            likes++;
            byDay[step.day()]++;
            likesByPost.merge(step.postId(), 1L, Long::sum);
        } else if (step.day() < step.dayBefore()) {
            byDay[step.dayBefore()]--;
            byDay[step.day()]++;
        }
        return this;
    }

    Figures figures() {
        long topPosts = likesByPost.values().stream()
                .sorted(Comparator.reverseOrder())
                .limit(TOP_POSTS)
                .mapToLong(Long::longValue)
                .sum();
        return Figures.of(
                liked, unliked, likes, unlikes, likers, topPosts, byDay[0], byDay[1], byDay[2], byDay[3], byDay[4],
                byDay[5], byDay[6]);
    }

    private byte[] bytes() {
        int length = COUNTERS * Long.BYTES;
        for (String post : likesByPost.keySet()) {
            length += 1 + post.length() + Long.BYTES; // an id has at most 128 characters, of ASCII
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        out.putLong(liked).putLong(unliked).putLong(likes).putLong(unlikes).putLong(likers);
        for (long day : byDay) {
            out.putLong(day);
        }
        likesByPost.forEach((post, count) -> out.put((byte) post.length())
                .put(post.getBytes(StandardCharsets.US_ASCII))
                .putLong(count));
        return out.array();
    }
}
