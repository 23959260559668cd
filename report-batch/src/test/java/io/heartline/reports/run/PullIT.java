package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.NaiveWeek;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.SomeLikes;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.SimpleReactiveMongoDatabaseFactory;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

class PullIT {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);
    private static final WeekCalendar CALENDAR = new WeekCalendar(ZoneOffset.UTC, Duration.ofHours(24));
    private static final List<String> AUTHORS = List.of("alice", "carol", "dave", "erin", "frank");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FoldMetrics metrics = new FoldMetrics(registry);
    private MongoClient client;
    private ReactiveMongoTemplate mongo;
    private ReportStore reports;
    private ProgressStore progress;
    private LikesOnTopic likes;

    @BeforeEach
    void ownTopicAndDatabase() throws Exception {
        String uri = Backends.shared().newDatabase();
        client = MongoClients.create(uri);
        mongo = new ReactiveMongoTemplate(
                new SimpleReactiveMongoDatabaseFactory(client, uri.substring(uri.lastIndexOf('/') + 1)));
        reports = new ReportStore(mongo);
        progress = new ProgressStore(mongo);
        likes = LikesOnTopic.create(4);
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void afterARun_figuresEqualTheNaiveCount_andAnotherRunChangesNothing() throws Exception {
        List<LikeEvent> events = someLikes(3_000);
        likes.append(events);

        pull(progress);
        assertFiguresEqualTheNaiveCountOf(events);
        pull(progress);

        assertFiguresEqualTheNaiveCountOf(events);
        assertThat(records("folded")).isEqualTo(events.size());
        assertThat(records("skipped"))
                .as("progress, not only the reports, knew")
                .isZero();
    }

    @Test
    void aJobKilledBetweenReportsAndProgress_countsNothingTwice() throws Exception {
        List<LikeEvent> events = someLikes(3_000);
        likes.append(events);
        ProgressStore killer = new ProgressStore(mongo) {
            @Override
            public Mono<Boolean> advance(Progress from, Progress to) {
                return Mono.error(new Killed());
            }
        };

        assertThatExceptionOfType(Killed.class).isThrownBy(() -> pull(killer));
        assertThat(records("folded")).as("reports were written before the kill").isPositive();
        assertThat(progress.all().block().values()).allMatch(at -> at.next() == 0);
        pull(progress);

        assertFiguresEqualTheNaiveCountOf(events);
        assertThat(records("folded")).isEqualTo(events.size());
        assertThat(records("skipped")).as("pulled again after the kill").isPositive();
    }

    @Test
    void aJobKilledInTheMiddleAgainAndAgain_countsNothingTwice() throws Exception {
        List<LikeEvent> events = someLikes(3_000);
        likes.append(events);
        AtomicInteger lives = new AtomicInteger();
        ProgressStore killer = new ProgressStore(mongo) {
            @Override
            public Mono<Boolean> advance(Progress from, Progress to) {
                return lives.decrementAndGet() < 0 ? Mono.error(new Killed()) : super.advance(from, to);
            }
        };

        // each life is one step longer than the one before, until one is long enough
        int kills = 0;
        for (boolean done = false; !done; ) {
            lives.set(kills);
            try {
                pull(killer);
                done = true;
            } catch (Killed e) {
                kills++;
            }
        }

        assertThat(kills).isGreaterThan(3);
        assertFiguresEqualTheNaiveCountOf(events);
        assertThat(records("folded")).isEqualTo(events.size());
    }

    @Test
    void progressThatHasArrived_neverStandsWithoutItsAsOf() throws Exception {
        likes.append(someLikes(1_000));
        List<Progress> written = Collections.synchronizedList(new ArrayList<>());
        ProgressStore recorder = new ProgressStore(mongo) {
            @Override
            public Mono<Boolean> advance(Progress from, Progress to) {
                written.add(to);
                return super.advance(from, to);
            }
        };

        pull(recorder);

        for (Progress end : progress.all().block().values()) {
            assertThat(written)
                    .filteredOn(to -> to.partition() == end.partition() && to.next() == end.next())
                    .isNotEmpty()
                    .allMatch(to -> to.asOf() != null);
        }
    }

    @Test
    void aReportWrittenBySomebodyElseMeanwhile_isLoadedAndFoldedAgain() throws Exception {
        List<LikeEvent> events = someLikes(1_000);
        likes.append(events);
        AtomicInteger saves = new AtomicInteger();
        reports = new ReportStore(mongo) {
            @Override
            public Mono<Set<Key>> save(List<WeeklyReport> changed) {
                // the first time, the same reports are written a moment earlier
                return saves.getAndIncrement() == 0
                        ? super.save(changed).then(super.save(changed))
                        : super.save(changed);
            }
        };

        pull(progress);

        assertFiguresEqualTheNaiveCountOf(events);
        assertThat(registry.get("heartline.reports.conflicts").counter().count())
                .isPositive();
    }

    @Test
    void recordsThatAreNoLikes_areCounted_andTheRestIsFolded() throws Exception {
        List<LikeEvent> events = someLikes(100);
        String author = AUTHORS.get(0);
        likes.append(events.subList(0, 50));
        likes.send(List.of(
                record(author, "someone else's bytes"),
                record(author, "{\"type\":\"viewed\",\"authorId\":\"alice\"}"),
                record("mallory", new String(validLikeOf(author), StandardCharsets.UTF_8)),
                record(null, "{}")));
        likes.append(events.subList(50, 100));

        pull(progress);

        assertFiguresEqualTheNaiveCountOf(events);
        assertThat(records("unreadable")).isEqualTo(3);
        assertThat(records("unknown_type")).isEqualTo(1);
    }

    @Test
    void aLikeInAPartitionThatIsNotItsAuthors_isUnreadable() throws Exception {
        int other = (likes.log().partitionOf("alice") + 1) % 4;
        likes.send(List.of(new ProducerRecord<>(
                likes.topic, other, "alice".getBytes(StandardCharsets.UTF_8), validLikeOf("alice"))));

        pull(progress);

        assertThat(records("unreadable")).isEqualTo(1);
        assertThat(figures("alice")).isEqualTo(Figures.none(new Key(WEEK, "alice")));
    }

    @Test
    void anotherLogUnderTheSameName_failsTheRun_andOverwritesNothing() throws Exception {
        List<LikeEvent> events = someLikes(100);
        likes.append(events);
        pull(progress);
        likes.recreate();
        likes.append(events);

        assertThatExceptionOfType(LogGapException.class)
                .isThrownBy(() -> pull(progress))
                .withMessageContaining("belongs to another log");

        assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void progressBeyondTheLog_failsTheRun_andNamesTheOffsets() throws Exception {
        likes.append(someLikes(100));
        pull(progress);
        Progress at = progress.all().block().get(0);
        progress.advance(at, at.upTo(at.next() + 5, null)).block();

        assertThatExceptionOfType(LogGapException.class)
                .isThrownBy(() -> pull(progress))
                .withMessageContaining(
                        "is folded up to offset " + (at.next() + 5) + ", but the log ends at " + at.next());
    }

    @Test
    void aLikeForASealedWeek_isANumberedCorrection() throws Exception {
        likes.append(List.of(like("1", "bob")));
        pull(progress);
        assertThat(figures("alice").revision()).isEqualTo(1);

        likes.append(List.of(like("2", "carol")));
        pull(progress);

        assertThat(figures("alice").revision()).isEqualTo(2);
        assertThat(figures("alice").likes()).isEqualTo(2);
    }

    /** Long after WEEK, so that it is sealed as soon as one run is done. */
    private void pull(ProgressStore store) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = likes.consumer()) {
            Pull.Tools tools = new Pull.Tools(store, reports, CALENDAR, metrics, 500, Duration.ofSeconds(30));
            InstantSource clock = InstantSource.fixed(Instant.parse("2026-12-24T00:00:00Z"));
            new Pull(consumer, likes.log(), tools).run(Backends.unique("run"), clock, (epoch, from, target) -> {});
        }
    }

    private void assertFiguresEqualTheNaiveCountOf(List<LikeEvent> events) {
        for (String author : AUTHORS) {
            Key key = new Key(WEEK, author);
            List<LikeEvent> own = events.stream()
                    .filter(event -> event.authorId().equals(author))
                    .toList();
            assertThat(figures(author)).isEqualTo(NaiveWeek.count(key, own));
        }
    }

    private Figures figures(String author) {
        Key key = new Key(WEEK, author);
        return reports.figures(List.of(key))
                .next()
                .defaultIfEmpty(Figures.none(key))
                .block();
    }

    private double records(String outcome) {
        return registry.get("heartline.reports.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static List<LikeEvent> someLikes(int count) {
        List<LikeEvent> events = new ArrayList<>();
        for (String author : AUTHORS) {
            events.addAll(SomeLikes.of(author, count / AUTHORS.size(), author.hashCode()));
        }
        return events;
    }

    private static Liked like(String id, String liker) {
        return new Liked(id, "p-1", "alice", liker, SomeLikes.MONDAY);
    }

    private static byte[] validLikeOf(String author) {
        return LikeEventJson.encode(new Liked("e", "p-1", author, "bob", SomeLikes.MONDAY));
    }

    private ProducerRecord<byte[], byte[]> record(String key, String value) {
        return new ProducerRecord<>(
                likes.topic,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
