package io.heartline.reports.fold;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random likes, repeated likes, unlikes and retries of few posts by few people, so that pairs repeat. */
public final class LikeFixtures {

    /** The hash of a service in open mode that has no secret of its own. */
    public static final KeyedHash HASH = KeyedHash.development();

    /** The start of the week 2026-W47 in UTC. */
    public static final Instant MONDAY = Instant.parse("2026-11-16T00:00:00Z");

    private static final int WEEK_MILLIS = 7 * 24 * 60 * 60 * 1000;

    private LikeFixtures() {}

    /**
     * Returns random events of one author in 2026-W47.
     *
     * @param authorId the author
     * @param count the number of events
     * @param seed the same seed gives the same events
     * @return the events in random order of time
     */
    public static List<LikeEvent> of(String authorId, int count, long seed) {
        Random random = new Random(seed);
        List<LikeEvent> events = new ArrayList<>();
        while (events.size() < count) {
            if (!events.isEmpty() && random.nextInt(10) == 0) {
                events.add(events.get(random.nextInt(events.size())));
                continue;
            }
            String id = "e-" + seed + "-" + events.size();
            String post = "p-" + random.nextInt(20);
            String liker = "l-" + random.nextInt(30);
            Instant at = MONDAY.plusMillis(random.nextInt(WEEK_MILLIS));
            events.add(
                    random.nextInt(5) == 0
                            ? new Unliked(id, post, authorId, liker, at)
                            : new Liked(id, post, authorId, liker, at));
        }
        return events;
    }

    /**
     * Folds up to 300 random events of alice, and then withdrawn likes, whose pairs are all different.
     *
     * @param events the number of events, from offset 0; a report of 20,000 is estimated
     * @param report changed by this call
     */
    static void fold(int events, WeeklyReport report) {
        int offset = 0;
        for (LikeEvent event : of("alice", Math.min(events, 300), 1)) {
            report.fold(HASH, event, offset % 7, offset++);
        }
        for (; offset < events; offset++) {
            Unliked event = new Unliked("e", "p." + offset, "alice", "l-" + offset, MONDAY);
            report.fold(HASH, event, 0, offset);
        }
    }
}
