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
    public static final Instant AS_OF = Instant.parse("2026-11-24T10:05:00Z");

    private static final AtomicInteger WEEKS = new AtomicInteger();

    @LocalServerPort
    public int port;

    @Autowired
    WebTestClient http;

    @Autowired
    public ReactiveMongoTemplate mongo;

    @Autowired
    public ReportStore store;

    @Autowired
    ReportSettings settings;

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
     * Returns the first of four consecutive past weeks that no other test uses. The weeks before and after them stay empty.
     */
    public static YearWeek uniqueWeek() {
        return YearWeek.of(1970, 10).plusWeeks(5L * WEEKS.getAndIncrement());
    }

    /** Returns an author in {@code partition} that no other test uses. */
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
     * @param next the next offset to fold
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
    }

    /** Returns a new author in this partition of the log, and sets the progress of the partition to 0. */
    String unfoldedAuthor(LikesLog log, int partition) {
        setProgress(log.epoch(), partition, 0, AS_OF);
        return uniqueAuthor(partition);
    }

    /** Creates the topic of likes, unless an earlier test has created it. */
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

    public static Liked like(String author, YearWeek week, DayOfWeek day, String post, String liker) {
        return new Liked("e", post, author, liker, noon(week, day));
    }

    public static Unliked unlike(String author, YearWeek week, DayOfWeek day, String post, String liker) {
        return new Unliked("e", post, author, liker, noon(week, day));
    }

    private static Instant noon(YearWeek week, DayOfWeek day) {
        return week.atDay(day).atTime(12, 0).toInstant(ZoneOffset.UTC);
    }

    /** Saves a report of the author that contains the events, as a run does. */
    public void fold(String author, YearWeek week, LikeEvent... events) {
        store.save(List.of(foldedReport(author, week, events))).block();
    }

    static WeeklyReport foldedReport(String author, YearWeek week, LikeEvent... events) {
        return foldedReport(LikeFixtures.HASH, author, week, events);
    }

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
     * Inserts reports of {@code count} authors. The number of likes of an author is the last digit of its id. The reports contain
     * only the fields that a ranking reads, because folding them would take too long.
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

    /** Returns an id of the maximum length, so that few ids fill all buffers. */
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

    public HttpAnswer get(String uri, String... headers) {
        return send(HttpMethod.GET, uri, null, headers);
    }

    /** Sends a request, and returns the complete response, whose length is not limited. */
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
