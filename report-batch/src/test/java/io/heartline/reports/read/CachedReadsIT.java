package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.Run;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.SimulatedCrash;
import io.heartline.reports.worker.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Two instances with caches answer what a read without a cache has answered within {@link ProgressStore#MAX_CACHE_LAG}. Meanwhile runs
 * fold, fail and crash, authors and likers are erased, sealed weeks are corrected, and offsets are reset.
 */
class CachedReadsIT {

    private static final int OPERATIONS = 25;
    private static final int PARTITIONS = 2;
    private static final long LAG = ProgressStore.MAX_CACHE_LAG.toNanos();

    private final TestDatabase database = new TestDatabase();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Reports uncached = reports(DataSize.ofBytes(0), Duration.ofNanos(-1));
    private final List<Reports> instances = List.of(
            reports(DataSize.ofMegabytes(1), ProgressStore.MAX_CACHE_LAG),
            reports(DataSize.ofMegabytes(1), ProgressStore.MAX_CACHE_LAG));
    private final Map<String, List<TimedReport>> history = new HashMap<>();
    private TestTopic likes;
    private Random random;
    private long nanos;
    private int outdated;

    /** The report of an author from one time on. */
    private record TimedReport(long since, ReportView report) {}

    private Reports reports(DataSize cacheSize, Duration maxAge) {
        ProgressStore progress = new ProgressStore(database.mongo);
        CausalReads reads = ProgressFixtures.withoutSessions();
        RecentProgress recent = new RecentProgress(progress::all, reads, () -> true, maxAge, () -> nanos);
        ReportCache cache = new ReportCache(cacheSize, TestDatabase.CALENDAR, database.clock, () -> nanos, registry);
        return new Reports(
                new ReportReader(new ReportStore(database.mongo), TestDatabase.CALENDAR, cache),
                reads,
                recent,
                cache,
                new Freshness(
                        recent,
                        new ProgressPoller(Mono.never(), Duration.ofSeconds(1), Schedulers.parallel()),
                        null,
                        null,
                        new RefusalMetrics(registry),
                        "-",
                        database.clock),
                TestDatabase.CALENDAR,
                database.clock,
                new ReadTimeout(Duration.ofSeconds(30)));
    }

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(PARTITIONS);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void answers_areThoseOfAnUncachedRead_withinTheLag(long seed) throws Exception {
        random = new Random(seed);
        for (int i = 0; i < OPERATIONS; i++) {
            operate(i);
            database.clock.advance(Duration.ofSeconds(random.nextInt(40)));
            readAll("after operation " + i);
        }
        assertThat(registry.get("heartline.reports.read.cache")
                        .tag("result", "hit")
                        .counter()
                        .count())
                .as("hits")
                .isGreaterThan(OPERATIONS);
        assertThat(outdated).as("answers that were outdated, within the lag").isPositive();
    }

    private void operate(int number) throws Exception {
        switch (random.nextInt(10)) {
            case 0 -> erase();
            case 6 -> eraseLiker();
            case 1 ->
                run(number, step -> {
                    if (random.nextInt(10) == 0) {
                        erase();
                    }
                });
            case 2 ->
                run(number, step -> {
                    if (random.nextInt(4) == 0) {
                        throw new IllegalStateException("the run fails");
                    }
                });
            case 3 -> crash(number);
            case 4 -> reset();
            case 5 -> {} // only time passes
            default -> run(number, step -> {});
        }
    }

    private void append(int number) throws Exception {
        List<LikeEvent> events = new ArrayList<>();
        for (String author : TestDatabase.AUTHORS) {
            if (random.nextInt(3) == 0) {
                events.addAll(LikeFixtures.of(author, 5, number * 31L + author.hashCode()));
            }
        }
        likes.append(events);
    }

    private void run(int number, CrashPoints.Listener then) throws Exception {
        append(number);
        CrashPoints steps = CrashPoints.notifying(step -> {
            readAll(step);
            then.stepReached(step);
        });
        BatchInstance batch = database.batch(likes, 10, steps);
        Run run = batch.request();
        batch.runUntilIdle();
        readAll(batch.view(run).status().name());
    }

    private void crash(int number) throws Exception {
        append(number);
        BatchInstance batch = database.batch(likes, 10, CrashPoints.crashingAt(random.nextInt(10)));
        Run run = batch.request();
        try {
            batch.execute(run);
        } catch (SimulatedCrash e) {
            readAll("after a crash");
            batch.expireLeases(); // otherwise the next run waits for them
            readAll("after the leases of a crashed instance");
        }
    }

    private void erase() {
        String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
        database.batch(likes).eraser.erase(author);
        nanos += LAG + 1; // the erasure has waited for this time
        readAll("after an erasure");
    }

    private void eraseLiker() {
        String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
        database.batch(likes).likerEraser.erase(author, "l-" + random.nextInt(30));
        nanos += LAG + 1; // the erasure has waited for this time
        readAll("after an erasure of a liker");
    }

    private void reset() throws Exception {
        likes.recreate(PARTITIONS);
        database.batch(likes).offsetReset.reset();
        readAll("after a reset");
    }

    private void readAll(String step) {
        for (String author : TestDatabase.AUTHORS) {
            ReportView now = read(uncached, author);
            List<TimedReport> earlier = history.computeIfAbsent(author, first -> new ArrayList<>());
            if (earlier.isEmpty() || !earlier.get(earlier.size() - 1).report().equals(now)) {
                earlier.add(new TimedReport(nanos, now));
            }
        }
        for (int i = 0; i < 10; i++) {
            nanos += random.nextLong(LAG / 4);
            String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
            Reports instance = instances.get(random.nextInt(instances.size()));
            ReportView answer = read(instance, author);
            List<TimedReport> earlier = history.get(author);
            assertThat(allowed(earlier)).as("%s, %s", step, author).contains(answer);
            outdated += earlier.get(earlier.size() - 1).report().equals(answer) ? 0 : 1;
        }
    }

    /** Returns the reports that were stored at any time within the lag. */
    private List<ReportView> allowed(List<TimedReport> earlier) {
        List<ReportView> allowed = new ArrayList<>();
        for (int i = earlier.size() - 1; i >= 0; i--) {
            allowed.add(earlier.get(i).report());
            if (nanos - earlier.get(i).since() > LAG) {
                break;
            }
        }
        return allowed;
    }

    private static ReportView read(Reports reports, String author) {
        return reports.read(author, TestDatabase.WEEK, null).block().view();
    }
}
