package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Identifier;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.json.JsonMapper;

/** The history and one hour of traffic, as the page shows them. */
class SampleLikesTest {

    private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Pattern POST_ID = Pattern.compile("[a-z]+(-[a-z]+)*-[0-9]{1,2}-[a-z]{3}");
    private static final Pattern LIKER_ID = Pattern.compile("[a-z]+\\.[a-t]\\.[a-z]+");

    private static final List<Like> HISTORY = new ArrayList<>();
    private static final List<Like> HOUR = new ArrayList<>();
    private static final List<Like> ALL = new ArrayList<>();

    private record Like(String authorId, String postId, String likerId, String type, Instant at) {

        Set<String> pair() {
            return Set.of(postId, likerId + '/' + authorId);
        }

        LocalDate day() {
            return at.atOffset(ZoneOffset.UTC).toLocalDate();
        }
    }

    @BeforeAll
    static void likes() {
        SampleLikes likes = new SampleLikes(1);
        likes.history(START).forEach(like -> HISTORY.add(parse(like)));
        for (Instant at = START; at.isBefore(START.plus(Duration.ofHours(1))); at = at.plus(INTERVAL)) {
            HOUR.add(parse(likes.like(at)));
        }
        ALL.addAll(HISTORY);
        ALL.addAll(HOUR);
    }

    private static Like parse(String like) {
        return JsonMapper.shared().readValue(like, Like.class);
    }

    @Test
    void history_isSorted_andIsOfTheLastWeeks() {
        assertThat(HISTORY).hasSize(SampleLikes.HISTORY_LIKES);
        assertThat(HISTORY).extracting(Like::at).isSorted();
        assertThat(HISTORY.get(0).at()).isAfterOrEqualTo(START.minus(Duration.ofDays(7L * SampleLikes.WEEKS)));
        assertThat(HISTORY.get(HISTORY.size() - 1).at()).isBeforeOrEqualTo(START);
    }

    @Test
    void ids_areValid_andReadable() {
        assertThat(ALL)
                .extracting(Like::postId)
                .allMatch(Identifier::isValid)
                .allMatch(POST_ID.asMatchPredicate(), POST_ID.pattern());
        assertThat(ALL)
                .extracting(Like::likerId)
                .allMatch(Identifier::isValid)
                .allMatch(LIKER_ID.asMatchPredicate(), LIKER_ID.pattern());
        assertThat(ALL.stream().map(Like::likerId).distinct()).hasSizeGreaterThan(17_000);
    }

    /** Otherwise a report would count far fewer likes than were pushed, and the page would explain that by double clicks. */
    @Test
    void nearlyAllLikes_areCounted_inEveryWeekOfEveryAuthor() {
        Map<String, List<Like>> weeks = ALL.stream()
                .filter(like -> like.type().equals("liked"))
                .collect(Collectors.groupingBy(like -> YearWeek.from(like.day()) + like.authorId()));

        assertThat(weeks).hasSizeGreaterThan(40);
        weeks.forEach((week, liked) -> assertThat(
                        liked.stream().map(Like::pair).distinct().count())
                .as(week)
                .isGreaterThan(liked.size() * 9 / 10));
    }

    @Test
    void likesAreTakenBack_onlyAfterTheyWereGiven() {
        Set<Set<String>> liked = new HashSet<>();
        int takenBack = 0;
        for (Like like : ALL) {
            if (like.type().equals("liked")) {
                liked.add(like.pair());
            } else {
                assertThat(liked.contains(like.pair())).as("%s", like).isTrue();
                takenBack++;
            }
        }
        assertThat(takenBack).isBetween(ALL.size() / 100, ALL.size() / 20);
    }

    /** The bars of days and weeks stay comparable while the traffic runs. */
    @Test
    void anHourOfTraffic_isAboutADayOfHistory() {
        LocalDate today = LocalDate.of(2026, 11, 27);
        long yesterday = count(HISTORY, today.minusDays(1));

        assertThat(HOUR.size()).isBetween((int) (yesterday / 2), (int) yesterday * 2);
        assertThat(count(ALL, today)).isLessThan(2 * yesterday);
        assertThat(count(ALL, today.minusDays(50))).isGreaterThan(yesterday / 20);
    }

    private static long count(List<Like> likes, LocalDate day) {
        return likes.stream().filter(like -> like.day().equals(day)).count();
    }

    @Test
    void authorsPublishNewPosts_andTheLatestIsLikedMost() {
        List<Like> alices =
                ALL.stream().filter(like -> like.authorId().equals("alice")).toList();
        Map<String, Long> posts = HOUR.stream()
                .filter(like -> like.authorId().equals("alice"))
                .collect(Collectors.groupingBy(Like::postId, Collectors.counting()));

        assertThat(alices.stream().map(Like::postId).distinct()).hasSizeBetween(50, 70);
        assertThat(posts).hasSizeBetween(4, 7).containsKey("sourdough-27-nov");
        assertThat(posts.get("sourdough-27-nov"))
                .isEqualTo(
                        posts.values().stream().mapToLong(Long::longValue).max().orElseThrow());
    }
}
