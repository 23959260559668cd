package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.ReplaceOptions;
import io.heartline.events.Identifier;
import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
import io.heartline.events.Unliked;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.ReportSettings;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.ProgressStore;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.bson.Document;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.threeten.extra.YearWeek;

/**
 * A report batch in this JVM with its own database and without a schedule. The database contains only the data that a test
 * inserts.
 */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.name=report-batch", "heartline.reports.schedule=-"})
@AutoConfigureWebTestClient(timeout = "30s")
@ContextConfiguration(classes = ReportBatchApplication.class, initializers = AbstractReadApiIT.OwnDatabase.class)
public abstract class AbstractReadApiIT {

    static final String EPOCH = "k3f9x2ab";
    static final int PARTITIONS = 4;

    /** The lock of classes that share a batch and set the progress of its partitions. */
    public static final String PROGRESS = "progress";

    /** The time up to which tests set the progress of partitions. */
    public static final Instant AS_OF = Instant.parse("2026-11-24T10:05:00Z");

    private static final AtomicInteger WEEKS = new AtomicInteger();

    /** The port of the batch. */
    @LocalServerPort
    public int port;

    @Autowired
    WebTestClient http;

    /** The client of the database. */
    @Autowired
    public ReactiveMongoTemplate mongo;

    /** The reports of the batch. */
    @Autowired
    public ReportStore store;

    @Autowired
    ReportSettings settings;

    @Autowired
    private RecentProgress recentProgress;

    @Value("${spring.kafka.bootstrap-servers}")
    private String brokers;

    /**
     * Sets a new database and topic. It runs before a test's other initializers, so that they can override its properties.
     */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class OwnDatabase implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(
                            "spring.mongodb.uri=" + Backends.newDatabase(),
                            "heartline.reports.topic=" + Backends.unique("likes"),
                            "spring.kafka.bootstrap-servers=" + Backends.bootstrapServers(),
                            "heartline.reports.hash-secret=" + KeyedHash.DEVELOPMENT_SECRET)
                    .applyTo(context);
        }
    }

    /**
     * Returns a week that no other test uses.
     *
     * @return the first of four consecutive past weeks; the weeks before and after them stay empty
     */
    public static YearWeek uniqueWeek() {
        return YearWeek.of(1970, 10).plusWeeks(5L * WEEKS.getAndIncrement());
    }

    /**
     * Returns an author that no other test uses.
     *
     * @param partition number of the partition that has the author
     * @return a unique id
     */
    public static String uniqueAuthor(int partition) {
        while (true) {
            String author = Backends.unique("author");
            if (LikesLog.partitionOf(author, PARTITIONS) == partition) {
                return author;
            }
        }
    }

    /**
     * Stores the progress of a partition in the log with the epoch {@link #EPOCH}.
     *
     * @param partition number of the partition
     * @param next the next offset to fold
     * @param asOf all events that were logged by then are folded; null if no run has reached the end of the partition
     */
    public void setProgress(int partition, long next, Instant asOf) {
        setProgress(EPOCH, partition, next, asOf);
    }

    /** Stores the progress of a partition in the log with this epoch. */
    void setProgress(String epoch, int partition, long next, Instant asOf) {
        Document progress = new Document("epoch", epoch)
                .append("generation", 0)
                .append("partitions", PARTITIONS)
                .append("next", next)
                .append("asOf", asOf == null ? null : Date.from(asOf));
        mongo.getCollection("progress")
                .flatMapMany(all ->
                        all.replaceOne(new Document("_id", partition), progress, new ReplaceOptions().upsert(true)))
                .blockLast();
        recentProgress.invalidate();
    }

    /** Returns a new author in this partition of the log, and sets the progress of the partition to 0. */
    String unfoldedAuthor(LikesLog log, int partition) {
        setProgress(log.epoch(), partition, 0, AS_OF);
        return uniqueAuthor(partition);
    }

    /**
     * Creates the topic of likes, unless an earlier test has created it.
     *
     * @return the log
     * @throws Exception if Kafka does not answer in time
     */
    public LikesLog createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            try {
                return LikesLog.create(admin, LikesTopic.newTopic(settings.topic(), PARTITIONS, (short) 1, 1))
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
                return LikesLog.describe(admin, settings.topic())
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
            }
        }
    }

    /** Appends a like of the author, and returns its position once Kafka has acknowledged it. */
    Position append(LikesLog log, String author) throws Exception {
        return append(log, author, brokers);
    }

    static Position append(LikesLog log, String author, String brokers) throws Exception {
        Liked like = new Liked(Backends.unique("e"), "p-1", author, "bob", AS_OF);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new ByteArraySerializer(), new ByteArraySerializer())) {
            RecordMetadata record =
                    producer.send(LikeEventRecord.of(log, like, "/test")).get(30, TimeUnit.SECONDS);
            return new Position(log.epoch(), record.partition(), record.offset());
        }
    }

    /**
     * Returns a like at noon UTC.
     *
     * @param author the author of the post
     * @param week the week of the like
     * @param day the day of the like
     * @param post the post
     * @param liker the person who likes the post
     * @return the event
     */
    public static Liked like(String author, YearWeek week, DayOfWeek day, String post, String liker) {
        return new Liked("e", post, author, liker, noon(week, day));
    }

    /**
     * Returns an unlike at noon UTC.
     *
     * @param author the author of the post
     * @param week the week of the unlike
     * @param day the day of the unlike
     * @param post the post
     * @param liker the person who takes the like back
     * @return the event
     */
    public static Unliked unlike(String author, YearWeek week, DayOfWeek day, String post, String liker) {
        return new Unliked("e", post, author, liker, noon(week, day));
    }

    private static Instant noon(YearWeek week, DayOfWeek day) {
        return week.atDay(day).atTime(12, 0).toInstant(ZoneOffset.UTC);
    }

    /**
     * Saves a report that contains the events, as a run does.
     *
     * @param author the author of the report
     * @param week the week of the report
     * @param events the events in order of their offsets
     */
    public void fold(String author, YearWeek week, LikeEvent... events) {
        store.save(List.of(foldedReport(author, week, events))).block();
        letReadersSeeReports(author);
    }

    /**
     * Does what a lease of the author's partition does. The next request then reads the author's reports from the database.
     *
     * @param author the author whose reports a test has changed in the database
     */
    public void letReadersSeeReports(String author) {
        new ProgressStore(mongo).markReportsDeleted(author).block();
        recentProgress.invalidate();
    }

    static WeeklyReport foldedReport(String author, YearWeek week, LikeEvent... events) {
        return foldedReport(LikeFixtures.HASH, author, week, events);
    }

    /**
     * Returns a report that contains the events, without saving it.
     *
     * @param hash hashes the pairs of post and person
     * @param author the author of the report
     * @param week the week of the report
     * @param events the events in order of their offsets, from 0
     * @return the report
     */
    public static WeeklyReport foldedReport(KeyedHash hash, String author, YearWeek week, LikeEvent... events) {
        WeeklyReport report = new WeeklyReport(new ReportKey(week, author), EPOCH, 0);
        for (int offset = 0; offset < events.length; offset++) {
            int day =
                    events[offset].at().atOffset(ZoneOffset.UTC).getDayOfWeek().ordinal();
            report.fold(hash, events[offset], day, offset);
        }
        return report;
    }

    /**
     * Inserts reports of many authors. The number of likes of an author is the last digit of its id. The reports contain only
     * the fields that a ranking reads, because folding them would take too long.
     *
     * @param week the week of the reports
     * @param count the number of authors
     * @return the ids of the authors in alphabetical order
     */
    public List<String> insertRankedAuthors(YearWeek week, int count) {
        List<String> authors =
                IntStream.range(0, count).mapToObj(AbstractReadApiIT::longId).toList();
        List<Document> reports =
                authors.stream().map(author -> ranked(week, author)).toList();
        mongo.getCollection(ReportStore.COLLECTION)
                .flatMapMany(all -> all.insertMany(reports))
                .blockLast();
        return authors;
    }

    /**
     * Returns an id of the max length, so that few ids fill all buffers.
     *
     * @param number the last six digits of the id
     * @return the id
     */
    public static String longId(int number) {
        return "a".repeat(Identifier.MAX_LENGTH - 6) + "%06d".formatted(number);
    }

    private static Document ranked(YearWeek week, String author) {
        long likes = author.charAt(author.length() - 1) - '0';
        return new Document("_id", week + "/" + author)
                .append("week", week.toString())
                .append("authorId", author)
                .append("revision", 1)
                .append("likes", likes)
                .append("unlikes", 0L)
                .append("likers", likes)
                .append("events", new Document("liked", likes).append("unliked", 0L))
                .append("exact", true)
                .append("relativeError", 0.0);
    }

    /**
     * Sends a GET request.
     *
     * @param uri the path and the query
     * @param headers names and values in turn
     * @return the complete response
     */
    public HttpAnswer get(String uri, String... headers) {
        return send(HttpMethod.GET, uri, null, headers);
    }

    /**
     * Sends a request.
     *
     * @param method the method
     * @param uri the path and the query
     * @param body null for a request without body
     * @param headers names and values in turn
     * @return the complete response, whose length is not limited
     */
    public HttpAnswer send(HttpMethod method, String uri, Object body, String... headers) {
        var request = http.mutate()
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(-1))
                .build()
                .method(method)
                .uri(URI.create("http://localhost:" + port + uri));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        if (body != null) {
            request.bodyValue(body);
        }
        var result = request.exchange().expectBody().returnResult();
        byte[] responseBody = result.getResponseBody();
        return new HttpAnswer(
                result.getStatus().value(),
                result.getResponseHeaders(),
                responseBody == null ? new byte[0] : responseBody);
    }
}
