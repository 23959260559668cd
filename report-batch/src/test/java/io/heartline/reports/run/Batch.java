package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesLog;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.SomeLikes;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One instance of the job, which tells a test of its steps. */
final class Batch {

    static final Duration LEASE = Duration.ofSeconds(30);

    final String instance = UUID.randomUUID().toString();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final FoldMetrics metrics = new FoldMetrics(registry);
    final ProgressStore progress;
    final RunStore store;
    final RunQueue queue;
    final Runs runs;
    final Job job;
    final Worker worker;
    final Verification verification;
    final Acceptance acceptance;
    final SecretAcceptance secretAcceptance;
    private final KeyedHash hash;
    private final ReactiveMongoTemplate mongo;
    private final ReportStore reports;
    private final LikesSource source;
    private final WeekCalendar calendar;
    final ErasureStore erasures;
    final Eraser eraser;
    private final TestClock clock;

    Batch(
            LikesOnTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            Steps steps) {
        this(likes, mongo, calendar, clock, chunkSize, steps, Map.of(), true);
    }

    /**
     * @param settings of Kafka's clients
     * @param joinsAll false for a read-only replica
     */
    Batch(
            LikesOnTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            Steps steps,
            Map<String, String> settings,
            boolean joinsAll) {
        this(likes, mongo, calendar, clock, chunkSize, steps, settings, joinsAll, Duration.ofSeconds(30));
    }

    /** @param stall how long Kafka may deliver nothing */
    Batch(
            LikesOnTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            Steps steps,
            Map<String, String> settings,
            boolean joinsAll,
            Duration stall) {
        this(likes, mongo, calendar, clock, chunkSize, steps, settings, joinsAll, stall, SomeLikes.HASH);
    }

    /** An instance that has this secret. */
    Batch(LikesOnTopic likes, ReportsDatabase database, Steps steps, KeyedHash hash) {
        this(
                likes,
                database.mongo,
                ReportsDatabase.CALENDAR,
                database.clock,
                500,
                steps,
                Map.of(),
                true,
                Duration.ofSeconds(30),
                hash);
    }

    private Batch(
            LikesOnTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            Steps steps,
            Map<String, String> settings,
            boolean joinsAll,
            Duration stall,
            KeyedHash hash) {
        this(
                mongo,
                new SteppingProgress(mongo, steps),
                new RunStore(mongo),
                new RunQueue(mongo),
                new SteppingReports(mongo, steps),
                new SteppingSource(likes.source(chunkSize, settings), steps),
                likes.source(chunkSize),
                calendar,
                clock,
                chunkSize,
                joinsAll,
                stall,
                hash);
    }

    /** Another instance beside one, whose store of runs may be disturbed. */
    Batch(Batch other, RunStore store) {
        this(
                other.mongo,
                other.progress,
                store,
                other.queue,
                other.reports,
                other.source,
                other.source,
                other.calendar,
                other.clock,
                500,
                true,
                Duration.ofSeconds(30),
                other.hash);
    }

    private Batch(
            ReactiveMongoTemplate mongo,
            ProgressStore progress,
            RunStore store,
            RunQueue queue,
            ReportStore reports,
            LikesSource source,
            LikesSource untroubled,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            boolean joinsAll,
            Duration stall,
            KeyedHash hash) {
        this.mongo = mongo;
        this.hash = hash;
        this.progress = progress;
        this.store = store;
        this.queue = queue;
        this.reports = reports;
        this.source = source;
        this.calendar = calendar;
        this.clock = clock;
        runs = new Runs(queue, store, progress, clock, Duration.ofDays(35));
        erasures = new ErasureStore(mongo);
        DatabaseSettings settings = new DatabaseSettings(mongo, calendar.zone(), hash);
        Job.Tools tools = new Job.Tools(
                settings,
                hash,
                progress,
                reports,
                erasures,
                calendar,
                metrics,
                new Traces(Tracer.NOOP, Propagator.NOOP),
                chunkSize,
                stall,
                LEASE);
        job = new Job(source, tools, store, instance, clock);
        verification = new Verification(untroubled, progress, reports, erasures, calendar, hash, tools.stall());
        acceptance = new Acceptance(untroubled, progress, clock);
        secretAcceptance = new SecretAcceptance(settings, progress, clock, LEASE);
        eraser = new Eraser(source, erasures, new ReportStore(mongo), progress, clock);
        worker = worker(queue, joinsAll);
    }

    /** Another worker of this instance, whose queue may be disturbed. */
    Worker worker(RunQueue itsQueue, boolean joinsAll) {
        Schedule never = new Schedule(null, clock);
        return new Worker(itsQueue, store, runs, job, metrics, clock, never, Duration.ofMillis(50), joinsAll);
    }

    /** A run that nobody has begun. */
    Run request() {
        return runs.enqueue(Run.ON_REQUEST).block();
    }

    /** Does all there is to do, as the worker's thread would. */
    void workOff() {
        while (worker.step()) {
            // there may be more
        }
    }

    /** One run from beginning to end. */
    Run.View run() {
        Run run = request();
        workOff();
        return view(run);
    }

    /** Takes part in a run, whatever the queue says, until it is finished or this instance dies. */
    void work(Run run) {
        job.work(store.find(run.id()).block(), new CountDownLatch(1));
    }

    Run.View view(Run run) {
        return runs.view(run.id()).block();
    }

    Progress progressOf(int partition) {
        return progress.of(partition).block();
    }

    double records(String outcome) {
        return registry.get("heartline.reports.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    double letters(String outcome) {
        return registry.get("heartline.reports.letters")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    /** Of every record that was pulled, something has become. */
    void assertBooksBalance() {
        double pulled = registry.get("heartline.reports.pulled").counter().count();
        double settled = registry.get("heartline.reports.records").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        assertThat(settled).isEqualTo(pulled).isPositive();
    }

    /** What this instance died over may be taken over from now on. */
    void letLeasesRunOut() {
        clock.advance(LEASE.plusSeconds(1));
    }

    private static final class SteppingProgress extends ProgressStore {

        private final Steps steps;

        SteppingProgress(ReactiveMongoTemplate mongo, Steps steps) {
            super(mongo);
            this.steps = steps;
        }

        @Override
        Mono<Boolean> advance(Progress from, Progress to) {
            return Mono.fromCallable(() -> {
                steps.take(Steps.BEFORE_PROGRESS);
                boolean advanced = super.advance(from, to).block();
                steps.take(Steps.AFTER_PROGRESS);
                return advanced;
            });
        }

        @Override
        Mono<Void> release(int partition, String owner) {
            return Mono.fromRunnable(steps::checkAlive).then(super.release(partition, owner));
        }
    }

    private static final class SteppingReports extends ReportStore {

        private final Steps steps;

        SteppingReports(ReactiveMongoTemplate mongo, Steps steps) {
            super(mongo);
            this.steps = steps;
        }

        @Override
        public Flux<WeeklyReport> load(Collection<Key> keys) {
            return Flux.defer(() -> {
                List<WeeklyReport> loaded = super.load(keys).collectList().block();
                steps.take(Steps.AFTER_LOAD);
                return Flux.fromIterable(loaded);
            });
        }

        @Override
        public Mono<Set<Key>> save(List<WeeklyReport> changed) {
            return Mono.fromCallable(() -> {
                steps.take(Steps.BEFORE_BULK);
                int half = changed.size() / 2;
                Set<Key> conflicts = new HashSet<>();
                if (half > 0) {
                    conflicts.addAll(super.save(changed.subList(0, half)).block());
                }
                steps.take(Steps.IN_BULK);
                conflicts.addAll(
                        super.save(changed.subList(half, changed.size())).block());
                steps.take(Steps.AFTER_BULK);
                return conflicts;
            });
        }
    }

    private static final class SteppingSource extends LikesSource {

        private final LikesSource likes;
        private final Steps steps;

        SteppingSource(LikesSource likes, Steps steps) {
            super(Map.of(), "", "", 1);
            this.likes = likes;
            this.steps = steps;
        }

        @Override
        Admin admin() {
            return likes.admin();
        }

        @Override
        LikesLog describe(Admin admin) {
            return likes.describe(admin);
        }

        @Override
        DeadLetters deadLetters(Admin admin, FoldMetrics metrics) {
            return likes.deadLetters(admin, metrics);
        }

        @Override
        @SuppressWarnings("unchecked")
        Consumer<byte[], byte[]> consumer() {
            Consumer<byte[], byte[]> real = likes.consumer();
            return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                    Batch.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                        try {
                            Object answer = method.invoke(real, arguments);
                            if (method.getName().equals("poll")) {
                                steps.take(Steps.AFTER_POLL);
                            }
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
