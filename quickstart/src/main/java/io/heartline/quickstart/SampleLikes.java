package io.heartline.quickstart;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Likes as they might come: one author far ahead of the rest, posts that go stale, some unlikes, some double clicks. */
final class SampleLikes {

    static final int WEEKS = 8;

    private static final List<String> AUTHORS = List.of("alice", "carol", "dave", "erin", "frank");
    private static final int HISTORY_LIKES = 2_400;
    private static final int PEOPLE = 200;
    private static final int POSTS_PER_WEEK = 3;

    private final Random random;

    SampleLikes(long seed) {
        random = new Random(seed);
    }

    /** A like as the body of a POST. */
    private String like(Instant at) {
        // the minimum of two makes the first authors the popular ones
        String author = AUTHORS.get(Math.min(random.nextInt(AUTHORS.size()), random.nextInt(AUTHORS.size())));
        long week = at.getEpochSecond() / Duration.ofDays(7).toSeconds();
        String post = author + "-" + week + "-" + random.nextInt(POSTS_PER_WEEK);
        String type = random.nextInt(12) == 0 ? "unliked" : "liked";
        return "{\"postId\":\"" + post + "\",\"authorId\":\"" + author + "\",\"likerId\":\"person-"
                + random.nextInt(PEOPLE) + "\",\"type\":\"" + type + "\",\"at\":\"" + at + "\"}";
    }

    String now() {
        return like(Instant.now());
    }

    /** Eight weeks of likes up to now, more of them the nearer. */
    List<String> history(Instant now) {
        long span = Duration.ofDays(7L * WEEKS).toMillis();
        return random.doubles(HISTORY_LIKES)
                .map(Math::sqrt)
                .sorted()
                .mapToObj(part -> like(now.minusMillis(span).plusMillis((long) (part * span))))
                .toList();
    }
}
