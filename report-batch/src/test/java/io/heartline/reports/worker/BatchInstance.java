package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.Eraser;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.erasure.LikerEraser;
import io.heartline.reports.erasure.LikerErasureStore;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.DeadLetterMetrics;
import io.heartline.reports.kafka.DeadLetters;
import io.heartline.reports.kafka.KafkaClientSettings;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.OffsetReset;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.QueueState;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunQueue;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStore;
import io.heartline.reports.run.RunView;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.settings.HashSecretRotation;
import io.heartline.reports.verify.Verification;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One instance of the batch that calls a {@link CrashPoints} at each step. */
public final class BatchInstance {

    /** The duration of a lease of a partition. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    /** The unique id of this instance. */
    public final String instance = UUID.randomUUID().toString();

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final FoldMetrics metrics = new FoldMetrics(registry);
    /** The metrics of dead letters. */
    public final DeadLetterMetrics deadLetterMetrics = new DeadLetterMetrics(registry);
    /** The progress of the partitions. */
    public final ProgressStore progress;

    final RunStore store;
    /** The queue of runs. */
    public final RunQueue queue;
    /** Requests and reads runs. */
    public final RunService runs;

    final RunExecutor executor;
    final RunWorker worker;
    /** Compares the stored reports with the log. */
    public final Verification verification;
    /** Resets the offsets of partitions. */
    public final OffsetReset offsetReset;
    /** Replaces the hash secret of the database. */
    public final HashSecretRotation hashSecretRotation;

    private final KeyedHash hash;
    private final ReactiveMongoTemplate mongo;
    private final ReportStore reports;
    private final KafkaClients clients;
    private final WeekCalendar calendar;
    /** The erasures in the database. */
    public final ErasureStore erasures;
    /** Erases authors on request. */
    public final Eraser eraser;
    /** The erasures of likers in the database. */
    public final LikerErasureStore likerErasures;
    /** What erasures read and write; reports are intercepted. */
    public final ErasureStores erasureStores;
    /** Erases likers on request. It reaches the steps of this instance. */
    public final LikerEraser likerEraser;

    /** Enters erasures into the feed of revisions. */
    public final ErasedChanges changes;

    private final TestClock clock;

    /**
     * Creates an instance that takes part in all runs.
     *
     * @param likes the topic
     * @param mongo the client of the database
     * @param calendar assigns events to weeks
     * @param clock the clock
     * @param chunkSize max records in a chunk
     * @param steps the steps at which the instance may crash
     */
    public BatchInstance(
            TestTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            CrashPoints steps) {
        this(likes, mongo, calendar, clock, chunkSize, steps, Map.of(), true);
    }

    /**
     * @param settings settings of Kafka's clients, by key
     * @param joinsAll false for a read-only replica
     */
    BatchInstance(
            TestTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            CrashPoints steps,
            Map<String, String> settings,
            boolean joinsAll) {
        this(likes, mongo, calendar, clock, chunkSize, steps, settings, joinsAll, Duration.ofSeconds(30));
    }

    /** @param stallTimeout the longest time in which Kafka may deliver no record */
    BatchInstance(
            TestTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            CrashPoints steps,
            Map<String, String> settings,
            boolean joinsAll,
            Duration stallTimeout) {
        this(likes, mongo, calendar, clock, chunkSize, steps, settings, joinsAll, stallTimeout, LikeFixtures.HASH);
    }

    /**
     * Creates an instance with a hash of its own.
     *
     * @param likes the topic
     * @param database the database and its clock
     * @param steps the steps at which the instance may crash
     * @param hash the hash with the secret of this instance
     */
    public BatchInstance(TestTopic likes, TestDatabase database, CrashPoints steps, KeyedHash hash) {
        this(
                likes,
                database.mongo,
                TestDatabase.CALENDAR,
                database.clock,
                500,
                steps,
                Map.of(),
                true,
                Duration.ofSeconds(30),
                hash);
    }

    private BatchInstance(
            TestTopic likes,
            ReactiveMongoTemplate mongo,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            CrashPoints steps,
            Map<String, String> settings,
            boolean joinsAll,
            Duration stallTimeout,
            KeyedHash hash) {
        this(
                mongo,
                new InterceptedProgressStore(mongo, steps),
                new RunStore(mongo),
                new RunQueue(mongo),
                new InterceptedReportStore(mongo, steps),
                new InterceptedKafkaClients(likes.clients(chunkSize, settings), steps),
                likes.clients(chunkSize),
                calendar,
                clock,
                chunkSize,
                joinsAll,
                stallTimeout,
                hash);
    }

    /**
     * Creates another instance on the same database.
     *
     * @param other the instance whose database, clients and clock are used
     * @param store a store of runs that may inject faults
     */
    public BatchInstance(BatchInstance other, RunStore store) {
        this(
                other.mongo,
                other.progress,
                store,
                other.queue,
                other.reports,
                other.clients,
                other.clients,
                other.calendar,
                other.clock,
                500,
                true,
                Duration.ofSeconds(30),
                other.hash);
    }

    private BatchInstance(
            ReactiveMongoTemplate mongo,
            ProgressStore progress,
            RunStore store,
            RunQueue queue,
            ReportStore reports,
            KafkaClients clients,
            KafkaClients plainClients,
            WeekCalendar calendar,
            TestClock clock,
            int chunkSize,
            boolean joinsAll,
            Duration stallTimeout,
            KeyedHash hash) {
        this.mongo = mongo;
        this.hash = hash;
        this.progress = progress;
        this.store = store;
        this.queue = queue;
        this.reports = reports;
        this.clients = clients;
        this.calendar = calendar;
        this.clock = clock;
        runs = new RunService(queue, store, progress, clock, Duration.ofDays(35));
        erasures = new ErasureStore(mongo);
        DatabaseSettings settings = new DatabaseSettings(mongo, calendar.zone(), hash);
        changes = new ErasedChanges(new ChangeStore(mongo));
        likerErasures = new LikerErasureStore(mongo);
        erasureStores = erasureStores(reports);
        RunContext context = new RunContext(
                settings,
                hash,
                progress,
                reports,
                erasureStores,
                calendar,
                metrics,
                deadLetterMetrics,
                new FoldTracing(Tracer.NOOP, Propagator.NOOP),
                chunkSize,
                stallTimeout,
                LEASE);
        executor = new RunExecutor(clients, context, store, instance, clock);
        verification = new Verification(plainClients, erasureStores, context.stallTimeout());
        offsetReset = new OffsetReset(plainClients, progress, clock);
        hashSecretRotation = new HashSecretRotation(settings, progress, clock, LEASE);
        eraser = new Eraser(clients, erasures, new ReportStore(mongo), changes, progress, clock);
        likerEraser = new LikerEraser(clients, erasureStores, settings, clock);
        worker = worker(queue, joinsAll);
    }

    /** Returns another worker of this instance, with a queue that may inject faults. */
    RunWorker worker(RunQueue itsQueue, boolean joinsAll) {
        CronSchedule never = new CronSchedule(null, clock);
        return new RunWorker(itsQueue, store, runs, executor, metrics, clock, never, Duration.ofMillis(50), joinsAll);
    }

    /**
     * Returns the stores of erasures with other reports.
     *
     * @param others the reports, which may inject faults
     * @return the same stores otherwise
     */
    public ErasureStores erasureStores(ReportStore others) {
        return new ErasureStores(erasures, likerErasures, others, changes, progress, hash, calendar);
    }

    /**
     * Requests a run.
     *
     * @return the run before an instance starts it
     */
    public Run request() {
        return runs.enqueue(Run.ON_REQUEST).block();
    }

    /** Takes steps until no work is left, as the worker's thread does. */
    public void runUntilIdle() {
        while (worker.takeStep()) {
            // the next step may find more work
        }
    }

    /**
     * Returns whether a run is needed.
     *
     * @return false if the log has no work for a run
     */
    public boolean findsWork() {
        return executor.findWork().isPresent();
    }

    /**
     * Takes one step of the worker.
     *
     * @return false if there was no work
     */
    public boolean takeStep() {
        return worker.takeStep();
    }

    /**
     * Queues a scheduled run and starts it, so that the next call of {@link #runUntilIdle} executes it.
     *
     * @return the id of the run
     */
    public String startScheduledRun() {
        worker.requestScheduledRun();
        assertThat(worker.takeStep()).as("the run is started").isTrue();
        return ((QueueState.Running) queue.state().block()).running();
    }

    /**
     * Requests a run and executes it completely.
     *
     * @return the view of the finished run
     */
    public RunView run() {
        Run run = request();
        runUntilIdle();
        return view(run);
    }

    /**
     * Takes part in a run until it is finished or this instance crashes. The state of the queue is ignored.
     *
     * @param run a stored run
     */
    public void execute(Run run) {
        executor.execute(store.find(run.id()).block(), null, new CountDownLatch(1));
    }

    /**
     * Returns the view of a run.
     *
     * @param run a stored run
     * @return its present view
     */
    public RunView view(Run run) {
        return runs.view(run.id()).block();
    }

    /**
     * Returns the progress of a partition.
     *
     * @param partition number of the partition
     * @return its progress; null if none is stored
     */
    public Progress progressOf(int partition) {
        return progress.find(partition).block();
    }

    /**
     * Returns the number of records with an outcome.
     *
     * @param outcome a value of the label {@code outcome}
     * @return the number since this instance was created
     */
    public double records(String outcome) {
        return registry.get("heartline.reports.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    /**
     * Returns the number of dead letters with an outcome.
     *
     * @param outcome a value of the label {@code outcome}
     * @return the number since this instance was created
     */
    public double deadLetters(String outcome) {
        return registry.get("heartline.reports.dead.letters")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    /** Returns the number of this instance's lookups of high watermarks. */
    int highWatermarkLookups() {
        return ((InterceptedKafkaClients) clients).listOffsetsCalls.get();
    }

    /** Asserts that every pulled record has exactly one outcome. */
    public void assertEveryRecordIsAccountedFor() {
        double pulled = registry.get("heartline.reports.pulled").counter().count();
        double outcomes = registry.get("heartline.reports.records").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        assertThat(outcomes).isEqualTo(pulled).isPositive();
    }

    /** Advances the clock so that all leases have expired and other instances can acquire the partitions. */
    public void expireLeases() {
        clock.advance(LEASE.plusSeconds(1));
    }

    private static final class InterceptedProgressStore extends ProgressStore {

        private final CrashPoints steps;

        InterceptedProgressStore(ReactiveMongoTemplate mongo, CrashPoints steps) {
            super(mongo);
            this.steps = steps;
        }

        @Override
        public Mono<Boolean> advance(Progress from, Progress to) {
            return Mono.fromCallable(() -> {
                steps.reach(CrashPoints.BEFORE_PROGRESS);
                boolean advanced = super.advance(from, to).block();
                steps.reach(CrashPoints.AFTER_PROGRESS);
                return advanced;
            });
        }

        @Override
        public Mono<Void> releaseLease(int partition, String owner) {
            return Mono.fromRunnable(steps::requireNotCrashed).then(super.releaseLease(partition, owner));
        }
    }

    private static final class InterceptedReportStore extends ReportStore {

        private final CrashPoints steps;

        InterceptedReportStore(ReactiveMongoTemplate mongo, CrashPoints steps) {
            super(mongo);
            this.steps = steps;
        }

        @Override
        public Flux<WeeklyReport> load(Collection<ReportKey> keys) {
            return Flux.defer(() -> {
                List<WeeklyReport> loaded = super.load(keys).collectList().block();
                steps.reach(CrashPoints.AFTER_LOAD);
                return Flux.fromIterable(loaded);
            });
        }

        @Override
        public Mono<Set<ReportKey>> save(List<WeeklyReport> changed) {
            return Mono.fromCallable(() -> {
                steps.reach(CrashPoints.BEFORE_BULK);
                int half = changed.size() / 2;
                Set<ReportKey> conflicts = new HashSet<>();
                if (half > 0) {
                    conflicts.addAll(super.save(changed.subList(0, half)).block());
                }
                steps.reach(CrashPoints.IN_BULK);
                conflicts.addAll(
                        super.save(changed.subList(half, changed.size())).block());
                steps.reach(CrashPoints.AFTER_BULK);
                return conflicts;
            });
        }
    }

    private static final class InterceptedKafkaClients extends KafkaClients {

        private final KafkaClients delegate;
        private final CrashPoints steps;
        private final AtomicInteger listOffsetsCalls = new AtomicInteger();

        InterceptedKafkaClients(KafkaClients likes, CrashPoints steps) {
            super(KafkaClientSettings.of(Map.of()), "", "", 1);
            this.delegate = likes;
            this.steps = steps;
        }

        @Override
        public Admin admin() {
            Admin real = delegate.admin();
            return (Admin) Proxy.newProxyInstance(
                    BatchInstance.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("listOffsets")) {
                            listOffsetsCalls.incrementAndGet();
                        }
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public LikesLog describeLog(Admin admin) {
            return delegate.describeLog(admin);
        }

        @Override
        public DeadLetters deadLetters(Admin admin, DeadLetterMetrics metrics) {
            return delegate.deadLetters(admin, metrics);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Consumer<byte[], byte[]> consumer() {
            Consumer<byte[], byte[]> real = delegate.consumer();
            return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                    BatchInstance.class.getClassLoader(),
                    new Class<?>[] {Consumer.class},
                    (proxy, method, arguments) -> {
                        try {
                            Object answer = method.invoke(real, arguments);
                            if (method.getName().equals("poll")) {
                                steps.reach(CrashPoints.AFTER_POLL);
                            }
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
