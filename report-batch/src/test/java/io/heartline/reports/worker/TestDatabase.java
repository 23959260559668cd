package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.NaiveWeek;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.TestTopic;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.SimpleReactiveMongoDatabaseFactory;
import org.threeten.extra.YearWeek;

/** A database that belongs to one test, with assertions on the figures of its reports. */
public final class TestDatabase implements AutoCloseable {

    /** The week of all events. */
    public static final YearWeek WEEK = YearWeek.of(2026, 47);
    /** The calendar of the reports: weeks in UTC, with a grace period of 24 hours. */
    public static final WeekCalendar CALENDAR = new WeekCalendar(ZoneOffset.UTC, Duration.ofHours(24));
    /** The authors of the random events. */
    public static final List<String> AUTHORS = List.of("alice", "carol", "dave", "erin", "frank");

    /** The MongoDB URI, which ends with the name of the database. */
    public final String uri;
    /** The client of the database. */
    public final ReactiveMongoTemplate mongo;
    /** Starts long after {@link #WEEK}, so that the week is sealed after the first run. */
    public final TestClock clock = new TestClock(Instant.parse("2026-12-24T00:00:00Z"));

    private final MongoClient client;
    private final ReportStore reports;

    /** Creates a database with a unique name. */
    public TestDatabase() {
        this(Backends.newDatabase(), Duration.ofSeconds(30));
    }

    /**
     * Opens a database that the test may stop, so operations fail soon without a server.
     *
     * @param uri a MongoDB URI that ends with the name of the database
     */
    public TestDatabase(String uri) {
        this(uri, Duration.ofSeconds(2));
    }

    private TestDatabase(String uri, Duration serverSelection) {
        this.uri = uri;
        client = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(uri))
                .timeout(30, TimeUnit.SECONDS)
                .applyToClusterSettings(
                        cluster -> cluster.serverSelectionTimeout(serverSelection.toMillis(), TimeUnit.MILLISECONDS))
                .build());
        mongo = new ReactiveMongoTemplate(
                new SimpleReactiveMongoDatabaseFactory(client, uri.substring(uri.lastIndexOf('/') + 1)));
        reports = new ReportStore(mongo);
    }

    /**
     * Creates an instance that does not crash.
     *
     * @param likes the topic
     * @return an instance with chunks of 500 records
     */
    public BatchInstance batch(TestTopic likes) {
        return batch(likes, 500, CrashPoints.withoutCrash());
    }

    /**
     * Creates an instance.
     *
     * @param likes the topic
     * @param chunkSize max records in a chunk
     * @param steps the steps at which the instance may crash
     * @return the instance
     */
    public BatchInstance batch(TestTopic likes, int chunkSize, CrashPoints steps) {
        return new BatchInstance(likes, mongo, CALENDAR, clock, chunkSize, steps);
    }

    /** Returns a read-only replica, which ignores runs of other instances unless a run is requested from it. */
    BatchInstance readOnlyReplica(TestTopic likes) {
        return new BatchInstance(likes, mongo, CALENDAR, clock, 500, CrashPoints.withoutCrash(), Map.of(), false);
    }

    /**
     * Returns random events of all {@link #AUTHORS} in {@link #WEEK}.
     *
     * @param count the number of events; a multiple of the number of authors
     * @return the same events for the same count
     */
    public static List<LikeEvent> randomLikes(int count) {
        return randomLikes(count, 0);
    }

    /**
     * Returns random events of all {@link #AUTHORS} in {@link #WEEK}.
     *
     * @param count the number of events; a multiple of the number of authors
     * @param seed events with different seeds differ
     * @return the same events for the same count and seed
     */
    public static List<LikeEvent> randomLikes(int count, long seed) {
        List<LikeEvent> events = new ArrayList<>();
        for (String author : AUTHORS) {
            events.addAll(LikeFixtures.of(author, count / AUTHORS.size(), author.hashCode() + seed));
        }
        return events;
    }

    /**
     * Returns the stored figures of an author in {@link #WEEK}.
     *
     * @param author the author
     * @return its figures; all are zero if no report is stored
     */
    public Figures figures(String author) {
        ReportKey key = new ReportKey(WEEK, author);
        return reports.figures(List.of(key))
                .next()
                .defaultIfEmpty(Figures.zero(key))
                .block();
    }

    /**
     * Returns the keys of the stored reports.
     *
     * @param through the last week, inclusive
     * @return the keys, in no particular order
     */
    public List<ReportKey> keys(YearWeek through) {
        return reports.weeks()
                .flatMapIterable(weeks -> weeks)
                .filter(week -> !week.isAfter(through))
                .flatMap(week -> reports.reportProgress(week).map(report -> new ReportKey(week, report.authorId())))
                .collectList()
                .block();
    }

    /**
     * Compares all figures except the revision, which depends on the number of runs.
     *
     * @param events the events of all authors
     */
    public void assertFiguresEqualNaiveCount(List<LikeEvent> events) {
        for (String author : AUTHORS) {
            List<LikeEvent> own = events.stream()
                    .filter(event -> event.authorId().equals(author))
                    .toList();
            assertThat(figures(author))
                    .usingRecursiveComparison()
                    .ignoringFields("revision")
                    .isEqualTo(NaiveWeek.count(new ReportKey(WEEK, author), own));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
