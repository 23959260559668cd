package io.heartline.bench.model;

import io.heartline.bench.result.CannotMeasureException;
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
 * Generates likes whose weekly figures are known without a set of pairs. Each further pair of an author is new by construction.
 * In every twenty events of an author, one withdraws the pair before it and one repeats it. All events of a liker for an author
 * are in one week. The last week is the previous one, so no event is in the future.
 */
public final class LikeGenerator {

    private static final long DAY_MILLIS = 86_400_000;
    private static final int CELEBRITY = 0;

    private final int[] events;
    private final int posts;
    private final int likers;
    private final int weeks;
    private final int celebrityPercent;
    private final String likerPrefix;
    private final long firstMonday;
    private final ReportFigures figures = new ReportFigures();
    private long number;

    public LikeGenerator(int authors, int posts, int likers, int weeks, int celebrityPercent) {
        this(authors, posts, likers, weeks, celebrityPercent, "liker-");
    }

    private LikeGenerator(int authors, int posts, int likers, int weeks, int celebrityPercent, String likerPrefix) {
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

    /** Returns a generator for the same authors and posts, in the last week only, with other likers. */
    public LikeGenerator late() {
        return new LikeGenerator(events.length, posts, likers, 1, celebrityPercent, "late-");
    }

    /** Returns the figures of all events so far, over all authors and weeks. */
    public ReportFigures figures() {
        return figures;
    }

    public LikeEvent next() {
        return next(author(mix(number)));
    }

    /**
     * Returns the next event of one author.
     *
     * @param author number of the author, from 0 on
     */
    public LikeEvent next(int author) {
        long random = mix(number);
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
        figures.add(withdrawn ? "unliked" : "liked", 1);
        if (withdrawn) {
            figures.add("unlikes", 1); // the pair was not withdrawn before
        } else if (isNew) {
            figures.add("likes", 1);
            figures.add("topPosts", 1); // complete for authors with ten posts or fewer
            figures.add("day" + day, 1);
            figures.add("likers", post == 0 ? 1 : 0);
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

    /** Returns the id of an author by its number; number 0 is the celebrity. */
    public static String author(int number) {
        return "author-" + number;
    }

    /** Returns a week as in URLs; number 0 is the earliest. */
    public String week(int number) {
        LocalDate monday = LocalDate.ofInstant(Instant.ofEpochMilli(firstMonday), ZoneOffset.UTC)
                .plusWeeks(number);
        return DateTimeFormatter.ISO_WEEK_DATE.format(monday).substring(0, 8);
    }

    private int author(long random) {
        if ((random >>> 40) % 100 < celebrityPercent) {
            return CELEBRITY;
        }
        // with a celebrity, author 0 gets only its own share
        int others = celebrityPercent > 0 && events.length > 1 ? events.length - 1 : events.length;
        return events.length - others + (int) ((random & 0xFF_FFFF_FFFFL) % others);
    }

    /** Stafford's thirteenth 64-bit mix: turns consecutive numbers into pseudo-random ones, the same in every run. */
    private static long mix(long number) {
        long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
