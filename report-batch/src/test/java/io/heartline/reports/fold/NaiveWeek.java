package io.heartline.reports.fold;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.fold.Figures.Precision;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A reference count of one author's week: all events are in memory, and nothing is estimated. */
public final class NaiveWeek {

    private NaiveWeek() {}

    /**
     * Counts the events of one author's week in UTC.
     *
     * @param key the week and the author of all events
     * @param events the events; a retry is counted again only in the number of events
     * @return exact figures with the revision 1
     */
    public static Figures count(ReportKey key, List<? extends LikeEvent> events) {
        Map<List<String>, LocalDate> liked = new HashMap<>();
        Set<List<String>> unliked = new HashSet<>();
        for (LikeEvent event : events) {
            List<String> pair = List.of(event.postId(), event.likerId());
            LocalDate day = event.at().atZone(ZoneOffset.UTC).toLocalDate();
            if (event instanceof Liked) {
                liked.merge(pair, day, (a, b) -> a.isBefore(b) ? a : b);
            } else {
                unliked.add(pair);
            }
        }
        List<Long> byDay = new ArrayList<>();
        for (int day = 1; day <= 7; day++) {
            int ofWeek = day;
            byDay.add(liked.values().stream()
                    .filter(d -> d.getDayOfWeek().getValue() == ofWeek)
                    .count());
        }
        List<PostLikes> topPosts = liked.keySet().stream()
                .collect(Collectors.groupingBy(pair -> pair.get(0), Collectors.counting()))
                .entrySet()
                .stream()
                .map(e -> new PostLikes(e.getKey(), e.getValue()))
                .sorted(Comparator.comparing((PostLikes p) -> -p.likes()).thenComparing(PostLikes::postId))
                .limit(10)
                .toList();
        return new Figures(
                key,
                1,
                liked.size(),
                unliked.size(),
                liked.keySet().stream().map(pair -> pair.get(1)).distinct().count(),
                events.stream().filter(Liked.class::isInstance).count(),
                events.stream().filter(e -> !(e instanceof Liked)).count(),
                Precision.EXACT,
                byDay,
                topPosts);
    }
}
