package io.heartline.quickstart.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.chaos.LikeLoad.Acknowledged;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Compares the acknowledgements with the log, with the frames of the followers, and with the reports. */
final class ConsistencyCheck {

    private final Deployment heartline;
    private final List<String> authors;

    /**
     * The totals of an author's reports, all weeks together.
     *
     * @param events the number of folded likes, repeated ones included
     */
    private record ReportedTotals(long likes, long likers, long events, Map<String, Long> posts) {}

    ConsistencyCheck(Deployment heartline, List<String> authors) {
        this.heartline = heartline;
        this.authors = authors;
    }

    /**
     * Ends the load, and asserts that the log has each acknowledged like at its position. Each follower must have received it
     * once, and the reports must count it once, after a run of the schedule.
     *
     * @param description the fault, for the line that is printed
     */
    void assertConsistent(String description, LikeLoad load, Followers followers) throws Exception {
        Collection<Acknowledged> acknowledged = load.finish();
        assertThat(acknowledged).isNotEmpty();
        TopicContents records = TopicContents.read(heartline.kafka());
        assertThat(acknowledged.stream().filter(one -> !one.eventId()
                        .equals(records.eventIdAt(one.like().author(), one.position()))))
                .as("likes of %d acknowledged ones whose event is not at its position in the log", acknowledged.size())
                .isEmpty();
        for (String author : authors) {
            assertThat(records.eventIdsOf(author).values().stream().collect(toSet()))
                    .as("logged events of %s, without any that was not acknowledged", author)
                    .isEqualTo(of(author, acknowledged).stream()
                            .map(Acknowledged::eventId)
                            .collect(toSet()));
        }
        followers.assertComplete(records);
        assertReported(acknowledged, records);
        System.out.println("SEEN " + description + ": " + load + "; " + followers);
    }

    private void assertReported(Collection<Acknowledged> acknowledged, TopicContents records) throws Exception {
        Map<String, ReportedTotals> expected = new TreeMap<>();
        for (String author : authors) {
            List<Acknowledged> own = of(author, acknowledged);
            Map<String, Long> posts =
                    own.stream().collect(groupingBy(one -> one.like().post(), counting()));
            expected.put(
                    author,
                    new ReportedTotals(
                            own.size(), own.size(), records.eventIdsOf(author).size(), posts));
        }
        Collection<String> weeks = acknowledged.stream()
                .map(one -> DateTimeFormatter.ISO_WEEK_DATE
                        .format(one.like().at().atOffset(ZoneOffset.UTC))
                        .substring(0, "2026-W47".length()))
                .collect(toSet());
        await("the reports are complete")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsInstanceOf(IOException.class) // the batch may not be up again yet
                .untilAsserted(() -> assertThat(reportedTotals(weeks)).isEqualTo(expected));
        run();
        assertThat(reportedTotals(weeks)).as("reports after another run").isEqualTo(expected);
    }

    private void run() throws Exception {
        String id = heartline.batch().post("/v1/runs").path("id").stringValue();
        await("the run is done").atMost(Duration.ofSeconds(60)).until(() -> heartline
                .batch()
                .json("/v1/runs/" + id)
                .path("status")
                .stringValue()
                .equals("done"));
    }

    private Map<String, ReportedTotals> reportedTotals(Collection<String> weeks)
            throws IOException, InterruptedException {
        Map<String, ReportedTotals> totals = new TreeMap<>();
        for (String author : authors) {
            long likes = 0;
            long likers = 0;
            long events = 0;
            Map<String, Long> posts = new HashMap<>();
            for (String week : weeks) {
                JsonNode report = heartline.batch().json("/v1/authors/" + author + "/reports/" + week);
                likes += report.path("likes").longValue();
                likers += report.path("likers").longValue();
                events += report.path("events").path("liked").longValue();
                for (JsonNode post : report.path("topPosts")) {
                    posts.merge(
                            post.path("postId").stringValue(),
                            post.path("likes").longValue(),
                            Long::sum);
                }
            }
            totals.put(author, new ReportedTotals(likes, likers, events, posts));
        }
        return totals;
    }

    private static List<Acknowledged> of(String author, Collection<Acknowledged> acknowledged) {
        return acknowledged.stream()
                .filter(one -> one.like().author().equals(author))
                .toList();
    }
}
