package io.heartline.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What the weekly reports say, summed over all authors and weeks.
 *
 * @param liked records folded
 * @param likes distinct (post, liker) pairs of an author's week
 * @param unlikes distinct pairs that withdrew
 * @param likers distinct people of an author's week
 * @param topPosts the likes of the ten most liked posts of an author's week
 * @param byDay likes per day, Monday first
 */
record Figures(long liked, long unliked, long likes, long unlikes, long likers, long topPosts, List<Long> byDay) {

    static final List<String> NAMES = List.of("liked", "unliked", "likes", "unlikes", "likers", "topPosts");
    static final int DAYS = 7;

    /** @param named in the order of {@link #NAMES}, and then the days */
    static Figures of(long... named) {
        List<Long> all = LongStream.of(named).boxed().toList();
        int days = NAMES.size();
        return new Figures(
                all.get(0), all.get(1), all.get(2), all.get(3), all.get(4), all.get(5), all.subList(days, days + DAYS));
    }

    /** @param text as {@link #text} wrote it */
    static Figures parse(String text) {
        return of(
                Arrays.stream(text.trim().split(" ")).mapToLong(Long::parseLong).toArray());
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (long figure : inOrder()) {
            text.append(figure).append(' ');
        }
        return text.toString();
    }

    Figures plus(Figures other) {
        long[] sums = inOrder();
        long[] more = other.inOrder();
        Arrays.setAll(sums, i -> sums[i] + more[i]);
        return of(sums);
    }

    /**
     * @param share by which estimated figures may differ; records are always counted
     * @throws CannotMeasureException with both, if they differ
     */
    void requireEqual(String whose, Figures expected, double share) {
        long[] own = inOrder();
        long[] due = expected.inOrder();
        for (int i = 0; i < own.length; i++) {
            double allowed = i < 2 ? 0 : share * due[i];
            if (Math.abs(own[i] - due[i]) > allowed) {
                throw new CannotMeasureException(whose + " has counted " + this + ", and it should be " + expected);
            }
        }
    }

    private long[] inOrder() {
        return LongStream.concat(
                        LongStream.of(liked, unliked, likes, unlikes, likers, topPosts),
                        byDay.stream().mapToLong(Long::longValue))
                .toArray();
    }

    /** Figures while they are counted. */
    static final class Tally {

        private final long[] byDay = new long[DAYS];
        private long liked;
        private long unliked;
        private long likes;
        private long likers;

        void liked(boolean isNewPair, boolean isNewLiker, int day) {
            liked++;
            if (isNewPair) {
                likes++;
                byDay[day]++;
            }
            if (isNewLiker) {
                likers++;
            }
        }

        /** By a pair that has not withdrawn before. */
        void unliked() {
            unliked++;
        }

        /** Of authors with ten posts or fewer. */
        Figures figures() {
            return new Figures(
                    liked,
                    unliked,
                    likes,
                    unliked,
                    likers,
                    likes,
                    LongStream.of(byDay).boxed().toList());
        }
    }
}
