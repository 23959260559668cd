package io.heartline.quickstart;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Random likes of 20,000 people with typical properties. One author is the most popular. Each author publishes a post per day, and
 * the latest posts are liked most. Some likes are sent twice, and some are taken back.
 */
final class SampleLikes {

    static final int WEEKS = 8;

    /** So many that the likes of an hour of {@link SampleTraffic} are about those of a day of history. */
    static final int HISTORY_LIKES = 48_000;

    private static final List<Author> AUTHORS = List.of(
            new Author("alice", "sourdough", "rye-bread", "focaccia", "cinnamon-rolls"),
            new Author("carol", "ridge-walk", "lake-at-dawn", "first-snow"),
            new Author("dave", "blues-in-e", "new-strings", "open-mic", "slow-waltz"),
            new Author("erin", "tomatoes", "compost", "bee-hotel"),
            new Author("frank", "old-harbour", "night-tram", "street-market"));

    private static final String[] FIRST_NAMES =
            ("ada ali amir anna ben bo chloe dan eli emma eva finn gia hana hugo ida iris ivan"
                            + " jack jana joe kai lars lea leo lin lucy luis maja max mia nina noah omar pia ravi rosa sam tara zoe")
                    .split(" ");
    private static final String[] FAMILY_NAMES =
            ("adams bauer chen costa diaz evans fischer garcia hansen ito jansen kim kovac lopez"
                            + " meyer moreau novak okafor olsen patel rossi silva smith tanaka weber")
                    .split(" ");
    private static final int INITIALS = 20;

    private static final int REPEATED_OF = 50;
    private static final int TAKEN_BACK_OF = 50;
    private static final int RECENT_LIKES = 500;
    private static final int MAX_POST_AGE_DAYS = 6;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d-MMM", Locale.ENGLISH);

    private final Random random;
    private final List<Pair> recent = new ArrayList<>();

    /** An author with the titles of posts, which return in this order. */
    private record Author(String id, String... titles) {

        /** Returns the post of a day. Authors publish at different hours. */
        String post(Instant at, int daysBefore) {
            LocalDate day = at.minus(Duration.ofHours(5L * AUTHORS.indexOf(this)))
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDate()
                    .minusDays(daysBefore);
            String title = titles[Math.floorMod(day.toEpochDay(), titles.length)];
            return title + '-' + DAY.format(day).toLowerCase(Locale.ENGLISH);
        }
    }

    private record Pair(String author, String post, String liker) {}

    SampleLikes(long seed) {
        random = new Random(seed);
    }

    /**
     * Returns a like as the body of a POST request, or the withdrawal of a recent like.
     *
     * @param at when the person liked, not before the like that was returned last
     */
    String like(Instant at) {
        if (!recent.isEmpty() && random.nextInt(TAKEN_BACK_OF) == 0) {
            return body(recent.remove(random.nextInt(recent.size())), "unliked", at);
        }
        if (!recent.isEmpty() && random.nextInt(REPEATED_OF) == 0) {
            return body(recent.get(random.nextInt(recent.size())), "liked", at);
        }
        Pair pair = pair(at);
        if (recent.size() == RECENT_LIKES) {
            recent.remove(0);
        }
        recent.add(pair);
        return body(pair, "liked", at);
    }

    private Pair pair(Instant at) {
        // the minimum of two random numbers makes the first authors popular
        Author author = AUTHORS.get(Math.min(random.nextInt(AUTHORS.size()), random.nextInt(AUTHORS.size())));
        // half of the likes are for the latest post, a quarter for the one before, and so on
        int daysBefore = Math.min(MAX_POST_AGE_DAYS, Integer.numberOfTrailingZeros(random.nextInt()));
        return new Pair(author.id(), author.post(at, daysBefore), liker());
    }

    private String liker() {
        char initial = (char) ('a' + random.nextInt(INITIALS));
        return FIRST_NAMES[random.nextInt(FIRST_NAMES.length)]
                + '.'
                + initial
                + '.'
                + FAMILY_NAMES[random.nextInt(FAMILY_NAMES.length)];
    }

    private static String body(Pair pair, String type, Instant at) {
        return "{\"postId\":\"" + pair.post() + "\",\"authorId\":\"" + pair.author() + "\",\"likerId\":\""
                + pair.liker() + "\",\"type\":\"" + type + "\",\"at\":\"" + at + "\"}";
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
