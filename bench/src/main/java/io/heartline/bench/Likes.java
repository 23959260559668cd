package io.heartline.bench;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAdjusters;

/**
 * Makes likes whose weekly figures are known without counting them in a set: an author's n-th pair of a post and a liker is
 * new by construction. Of every twenty events of an author one withdraws the pair before it and one repeats it. All figures
 * of a pair stand in the week that its liker has with this author. The last week is the previous one, so that nothing has yet
 * to happen.
 */
final class Likes {

    private static final long DAY_MILLIS = 86_400_000;
    private static final int CELEBRITY = 0;

    private final int[] events;
    private final int posts;
    private final int likers;
    private final int weeks;
    private final int celebrityPercent;
    private final String likerPrefix;
    private final long firstMonday;
    private final Figures.Tally made = new Figures.Tally();
    private long number;

    Likes(int authors, int posts, int likers, int weeks, int celebrityPercent) {
        this(authors, posts, likers, weeks, celebrityPercent, "liker-");
    }

    private Likes(int authors, int posts, int likers, int weeks, int celebrityPercent, String likerPrefix) {
        this.events = new int[authors];
        this.posts = posts;
        this.likers = likers;
        this.weeks = weeks;
        this.celebrityPercent = celebrityPercent;
        this.likerPrefix = likerPrefix;
        this.firstMonday = LocalDate.now(ZoneOffset.UTC)
                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                .minusWeeks(weeks)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant()
                .toEpochMilli();
    }

    /** The same authors and posts, the last week only, by likers who are in none of these. */
    Likes late() {
        return new Likes(events.length, posts, likers, 1, celebrityPercent, "late-");
    }

    /** Of everything made so far, over all authors and weeks. */
    Figures figures() {
        return made.figures();
    }

    LikeEvent next() {
        long random = mix(number);
        int author = author(random);
        int event = events[author]++;
        boolean isNew = event % 10 != 9;
        int pair = event - event / 10 - (isNew ? 0 : 1);
        int post = pair % posts;
        int fan = pair / posts;
        if (fan >= likers) {
            throw new CannotMeasureException("an author has more likes than pairs: raise --likers or --authors");
        }
        int week = (int) (((long) fan + author) % weeks);
        int day = pair % 7;
        boolean withdrawn = event % 20 == 9;
        if (withdrawn) {
            made.unliked();
        } else {
            made.liked(isNew, isNew && post == 0, day);
        }
        Instant at = Instant.ofEpochMilli(
                firstMonday + (week * 7L + day) * DAY_MILLIS + Long.remainderUnsigned(random, DAY_MILLIS));
        return event(withdrawn, author, post, (author * 7919L + fan) % likers, at);
    }

    private LikeEvent event(boolean withdrawn, int author, int post, long liker, Instant at) {
        String id = "01936f0e-0000-7000-8000-" + Long.toHexString(1L << 44 | number++);
        String authorId = author(author);
        String postId = "post-" + author + "-" + post;
        String likerId = likerPrefix + liker;
        return withdrawn
                ? new Unliked(id, postId, authorId, likerId, at)
                : new Liked(id, postId, authorId, likerId, at);
    }

    /** What the n-th author is called; the first is the celebrity. */
    static String author(int number) {
        return "author-" + number;
    }

    /** As URLs name it. The first is the earliest. */
    String week(int number) {
        LocalDate monday = LocalDate.ofInstant(Instant.ofEpochMilli(firstMonday), ZoneOffset.UTC)
                .plusWeeks(number);
        return DateTimeFormatter.ISO_WEEK_DATE.format(monday).substring(0, 8);
    }

    private int author(long random) {
        if ((random >>> 40) % 100 < celebrityPercent) {
            return CELEBRITY;
        }
        // with a celebrity the others are all but the first
        int others = celebrityPercent > 0 && events.length > 1 ? events.length - 1 : events.length;
        return events.length - others + (int) ((random & 0xFF_FFFF_FFFFL) % others);
    }

    /** Stafford's thirteenth mix of 64 bits: numbers in order become numbers in none, the same in every run. */
    private static long mix(long number) {
        long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
