package io.heartline.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.bench.result.CannotMeasureException;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikeGeneratorTest {

    private static final int EVENTS = 20_000;

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "50, 1, 0", "50, 3, 0", "50, 4, 50", "1, 2, 100"})
    void figures_equalThoseCountedWithSets(int authors, int weeks, int celebrity) {
        LikeGenerator likes = new LikeGenerator(authors, 10, 10_000, weeks, celebrity);
        List<LikeEvent> events = Stream.generate(likes::next).limit(EVENTS).toList();

        assertThat(likes.figures()).hasToString(count(events).toString());
        assertThat(events).extracting(LikeEvent::id).doesNotHaveDuplicates();
    }

    @Test
    void eventOfAnAuthor_continuesThoseOfTheAuthor_andCounts() {
        LikeGenerator likes = new LikeGenerator(3, 10, 10_000, 2, 0);
        List<LikeEvent> events = IntStream.range(0, 300)
                .mapToObj(number -> number % 2 == 0 ? likes.next(2) : likes.next())
                .toList();

        assertThat(IntStream.range(0, 150).mapToObj(number -> events.get(2 * number)))
                .extracting(LikeEvent::authorId)
                .containsOnly(LikeGenerator.author(2));
        assertThat(likes.figures()).hasToString(count(events).toString());
    }

    @Test
    void lateLikes_areInTheLastWeek_byOtherLikers() {
        LikeGenerator likes = new LikeGenerator(50, 10, 10_000, 3, 0);
        List<LikeEvent> early = Stream.generate(likes::next).limit(EVENTS).toList();
        LikeGenerator late = likes.late();
        List<LikeEvent> all = Stream.concat(
                        early.stream(), Stream.generate(late::next).limit(EVENTS))
                .toList();

        ReportFigures sum = new ReportFigures();
        sum.add(likes.figures());
        sum.add(late.figures());
        assertThat(sum).hasToString(count(all).toString());
        assertThat(all.subList(EVENTS, all.size()))
                .extracting(LikeGeneratorTest::week)
                .containsOnly(likes.week(2));
        assertThat(early).extracting(LikeGeneratorTest::week).containsOnly(likes.week(0), likes.week(1), likes.week(2));
    }

    @Test
    void likes_areNotInTheFuture() {
        LikeGenerator likes = new LikeGenerator(50, 10, 10_000, 2, 0);

        assertThat(Stream.generate(likes::next).limit(EVENTS))
                .allMatch(event -> event.at().isBefore(Instant.now()));
    }

    @Test
    void celebrity_getsItsShare() {
        LikeGenerator likes = new LikeGenerator(50, 10, 10_000, 1, 30);

        assertThat(Stream.generate(likes::next).limit(EVENTS).filter(event -> event.authorId()
                        .equals(LikeGenerator.author(0))))
                .hasSizeBetween(EVENTS * 28 / 100, EVENTS * 32 / 100);
    }

    @Test
    void moreLikesThanPairs_throw() {
        LikeGenerator likes = new LikeGenerator(1, 2, 3, 1, 0);

        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(() -> Stream.generate(likes::next).limit(8).toList())
                .withMessageContaining("--likers");
    }

    /** Counts with sets, as the reports are defined. */
    private static ReportFigures count(List<LikeEvent> events) {
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
        ReportFigures figures = new ReportFigures();
        figures.add("liked", liked);
        figures.add("unliked", events.size() - liked);
        figures.add("likes", dayOfPair.size());
        figures.add("unlikes", unlikes.size());
        figures.add("likers", likers.size());
        figures.add("topPosts", dayOfPair.size());
        dayOfPair.values().forEach(day -> figures.add("day" + day, 1));
        return figures;
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
