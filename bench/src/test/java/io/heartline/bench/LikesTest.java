package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikesTest {

    private static final int EVENTS = 20_000;

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "50, 1, 0", "50, 3, 0", "50, 4, 50", "1, 2, 100"})
    void theFiguresThatAreKnown_areThoseThatCountingFinds(int authors, int weeks, int celebrity) {
        Likes likes = new Likes(authors, 10, 10_000, weeks, celebrity);
        List<LikeEvent> events = Stream.generate(likes::next).limit(EVENTS).toList();

        assertThat(likes.figures()).isEqualTo(count(events));
        assertThat(events).extracting(LikeEvent::id).doesNotHaveDuplicates();
    }

    @Test
    void lateLikes_areInTheLastWeekAndByOthers() {
        Likes likes = new Likes(50, 10, 10_000, 3, 0);
        List<LikeEvent> early = Stream.generate(likes::next).limit(EVENTS).toList();
        Likes late = likes.late();
        List<LikeEvent> all = Stream.concat(
                        early.stream(), Stream.generate(late::next).limit(EVENTS))
                .toList();

        assertThat(likes.figures().plus(late.figures())).isEqualTo(count(all));
        assertThat(all.subList(EVENTS, all.size())).extracting(LikesTest::week).containsOnly(likes.week(2));
        assertThat(early).extracting(LikesTest::week).containsOnly(likes.week(0), likes.week(1), likes.week(2));
    }

    @Test
    void everyLike_hasHappened() {
        Likes likes = new Likes(50, 10, 10_000, 2, 0);

        assertThat(Stream.generate(likes::next).limit(EVENTS))
                .allMatch(event -> event.at().isBefore(Instant.now()));
    }

    @Test
    void aCelebrity_hasTheShareThatWasAskedFor() {
        Likes likes = new Likes(50, 10, 10_000, 1, 30);

        assertThat(Stream.generate(likes::next).limit(EVENTS).filter(event -> event.authorId()
                        .equals(Likes.author(0))))
                .hasSizeBetween(EVENTS * 28 / 100, EVENTS * 32 / 100);
    }

    @Test
    void moreLikesThanThereArePairs_areRefused() {
        Likes likes = new Likes(1, 2, 3, 1, 0);

        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> Stream.generate(likes::next).limit(8).toList())
                .withMessageContaining("--likers");
    }

    /** As the reports are defined, with a set for everything. */
    private static Figures count(List<LikeEvent> events) {
        Set<String> likers = new HashSet<>();
        Set<String> unlikes = new HashSet<>();
        Map<String, Integer> dayOfPair = new HashMap<>();
        Map<String, Set<String>> posts = new HashMap<>();
        long liked = 0;
        for (LikeEvent event : events) {
            String week = week(event) + event.authorId();
            String pair = week + event.postId() + event.likerId();
            if (event instanceof Liked) {
                liked++;
                likers.add(week + event.likerId());
                dayOfPair.merge(pair, day(event).ordinal(), Math::min);
                posts.computeIfAbsent(week, any -> new HashSet<>()).add(event.postId());
            } else {
                unlikes.add(pair);
            }
        }
        assertThat(posts.values()).allMatch(ofAWeek -> ofAWeek.size() <= 10);
        long[] days = new long[Figures.DAYS];
        dayOfPair.values().forEach(day -> days[day]++);
        return Figures.of(
                liked,
                events.size() - liked,
                dayOfPair.size(),
                unlikes.size(),
                likers.size(),
                dayOfPair.size(),
                days[0],
                days[1],
                days[2],
                days[3],
                days[4],
                days[5],
                days[6]);
    }

    private static DayOfWeek day(LikeEvent event) {
        return LocalDate.ofInstant(event.at(), ZoneOffset.UTC).getDayOfWeek();
    }

    private static String week(LikeEvent event) {
        return DateTimeFormatter.ISO_WEEK_DATE
                .format(LocalDate.ofInstant(event.at(), ZoneOffset.UTC))
                .substring(0, 8);
    }
}
