package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.LikeFixtures;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/**
 * Random likes of a week that is sealed by this machine's clock. Some records occur twice.
 *
 * @param week two or more weeks ago
 * @param events the likes of all authors, in random order
 */
record SealedLikes(YearWeek week, List<LikeEvent> events) {

    private static final int EVENTS_PER_AUTHOR = 20;

    /** The figures of one author's report. */
    private record Counted(long likes, long unlikes, long likers, long liked, long unliked) {

        static Counted of(JsonNode report) {
            return new Counted(
                    report.at("/likes").longValue(),
                    report.at("/unlikes").longValue(),
                    report.at("/likers").longValue(),
                    report.at("/events/liked").longValue(),
                    report.at("/events/unliked").longValue());
        }

        static Counted of(List<LikeEvent> own) {
            List<LikeEvent> liked =
                    own.stream().filter(event -> event instanceof Liked).toList();
            return new Counted(
                    pairs(liked.stream()),
                    pairs(own.stream().filter(event -> event instanceof Unliked)),
                    liked.stream().map(LikeEvent::likerId).distinct().count(),
                    liked.size(),
                    own.size() - liked.size());
        }

        private static long pairs(Stream<LikeEvent> events) {
            return events.map(event -> List.of(event.postId(), event.likerId()))
                    .distinct()
                    .count();
        }
    }

    /** @param weeksAgo at least 2, because the week before this one may not be sealed */
    static SealedLikes of(int authors, int weeksAgo, long seed) {
        YearWeek week = YearWeek.from(LocalDate.now(ZoneOffset.UTC)).minusWeeks(weeksAgo);
        Instant monday =
                week.atDay(DayOfWeek.MONDAY).atStartOfDay(ZoneOffset.UTC).toInstant();
        long days = ChronoUnit.DAYS.between(LikeFixtures.MONDAY, monday);
        List<LikeEvent> events = new ArrayList<>();
        for (int i = 0; i < authors; i++) {
            LikeFixtures.of("author-" + i, EVENTS_PER_AUTHOR, seed + i).stream()
                    .map(event -> later(event, Duration.ofDays(days)))
                    .forEach(events::add);
        }
        Collections.shuffle(events, new Random(seed)); // so that a report is in several chunks of a run
        return new SealedLikes(week, events);
    }

    private static LikeEvent later(LikeEvent event, Duration time) {
        Instant at = event.at().plus(time);
        return event instanceof Liked
                ? new Liked(event.id(), event.postId(), event.authorId(), event.likerId(), at)
                : new Unliked(event.id(), event.postId(), event.authorId(), event.likerId(), at);
    }

    SealedLikes and(SealedLikes more) {
        assertThat(more.week).isEqualTo(week);
        return new SealedLikes(
                week, Stream.concat(events.stream(), more.events.stream()).toList());
    }

    private Set<String> authors() {
        Set<String> authors = new HashSet<>();
        events.forEach(event -> authors.add(event.authorId()));
        return authors;
    }

    private Map<String, Counted> counted() {
        Map<String, Counted> counted = new HashMap<>();
        for (String author : authors()) {
            counted.put(
                    author,
                    Counted.of(events.stream()
                            .filter(event -> event.authorId().equals(author))
                            .toList()));
        }
        return counted;
    }

    /** Compares each report with a naive count. {@code events} shows records that were counted twice. */
    void assertCountedOnce(BatchOverHttp batch) {
        Map<String, Counted> reported = new HashMap<>();
        for (String author : authors()) {
            reported.put(author, Counted.of(batch.json("/v1/authors/" + author + "/reports/" + week)));
        }
        assertThat(reported).isEqualTo(counted());
    }

    /** Waits until a mirror that is built from the feed alone equals a naive count. */
    void awaitMirror(BatchOverHttp batch) {
        await().atMost(BatchOverHttp.SOON)
                .untilAsserted(() -> assertThat(mirror(batch)).isEqualTo(counted()));
    }

    private Map<String, Counted> mirror(BatchOverHttp batch) {
        Map<String, Counted> mirror = new HashMap<>();
        JsonNode page = batch.json("/v1/reports/changes?limit=3");
        while (!page.at("/items").isEmpty()) {
            JsonNode items = page.at("/items");
            IntStream.range(0, items.size()).mapToObj(items::get).forEach(item -> {
                JsonNode report = item.at("/report");
                if (report.at("/week").stringValue().equals(week.toString())) {
                    mirror.put(report.at("/authorId").stringValue(), Counted.of(report));
                }
            });
            page = batch.json(
                    "/v1/reports/changes?limit=3&after=" + page.at("/next").stringValue());
        }
        return mirror;
    }
}
