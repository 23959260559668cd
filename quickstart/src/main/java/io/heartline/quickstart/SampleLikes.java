package io.heartline.quickstart;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Random likes with typical properties: one popular author, posts that are liked for a week, some unlikes, some repeats. */
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

    /** Returns a like as the body of a POST request. */
    private String like(Instant at) {
        // the minimum of two random numbers makes the first authors popular
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

    /** Returns likes of the last {@link #WEEKS} weeks, sorted by time. Their number per day grows towards now. */
    List<String> history(Instant now) {
        long span = Duration.ofDays(7L * WEEKS).toMillis();
        return random.doubles(HISTORY_LIKES)
                .map(Math::sqrt)
                .sorted()
                .mapToObj(part -> like(now.minusMillis(span).plusMillis((long) (part * span))))
                .toList();
    }
}
