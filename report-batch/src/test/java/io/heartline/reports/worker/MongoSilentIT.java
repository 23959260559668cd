package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * During a run, connections to MongoDB deliver no more bytes and are not closed. The causes are a firewall that drops its
 * state, a host without power, or a paused virtual machine.
 */
class MongoSilentIT implements CommandListener {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration READERS_LIMIT = Duration.ofSeconds(10);
    private static final Duration PROBES_LIMIT = Duration.ofSeconds(1);
    private static final int CHUNK_OF_THE_FAULT = 2;

    private final InProcessMongo mongo = InProcessMongo.inMemory();
    private final TestDatabase database = new TestDatabase(mongo.database("silent"));
    private final List<LikeEvent> events = TestDatabase.randomLikes(500);
    private final CountDownLatch isSilent = new CountDownLatch(1);
    private FaultyRelay relay;
    private ConfigurableApplicationContext batch;
    private String url;
    private volatile Runnable fault;
    private int chunksWritten;

    @BeforeEach
    void start() throws Exception {
        String mongoPort = ":" + URI.create(database.uri).getPort();
        relay = new FaultyRelay(Integer.parseInt(mongoPort.substring(1)));
        TestTopic likes = TestTopic.create(2);
        likes.append(events);
        batch = TestApplication.start(
                this,
                database.uri.replace(mongoPort, ":" + relay.port()),
                "heartline.reports.topic=" + likes.topic,
                "spring.kafka.bootstrap-servers=" + likes.broker,
                "heartline.reports.schedule=0 0 0 1 1 *",
                "heartline.reports.chunk-size=100",
                "heartline.reports.queue-poll-interval=100ms",
                "heartline.reports.mongo.timeout=4s");
        url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
        // the first answer of a service is slow; afterwards, the pool has connections that can fall silent
        assertThat(get("/v1/authors/alice/reports/current").statusCode()).isEqualTo(200);
        await().until(() -> get("/actuator/health/readiness").statusCode() == 200);
    }

    @AfterEach
    void close() {
        batch.close();
        database.close();
        relay.close();
        mongo.close();
    }

    @Override
    public void commandStarted(CommandStartedEvent event) {
        boolean isWrite =
                new BsonString(ReportStore.COLLECTION).equals(event.getCommand().get("update"));
        if (isWrite && ++chunksWritten == CHUNK_OF_THE_FAULT) {
            fault.run();
            isSilent.countDown();
        }
    }

    @Test
    void silentConnections_readersGet503InTime_andTheRunContinues() throws Exception {
        fault = relay::dropTargets;
        Run run = request();
        assertThat(isSilent.await(30, TimeUnit.SECONDS)).isTrue();

        long startedAt = System.nanoTime();
        HttpResponse<String> answer = get("/v1/authors/alice/reports/" + TestDatabase.WEEK);

        assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(READERS_LIMIT);
        // the status is 200 if this request opened a new connection because others used the silent ones
        if (answer.statusCode() != 200) {
            assertUnavailable(answer);
        }
        awaitDone(run);
    }

    @Test
    void silentServer_readersGet503InTime_notReady_andTheRunContinuesAfterwards() throws Exception {
        fault = relay::blackHole;
        Run run = request();
        assertThat(isSilent.await(30, TimeUnit.SECONDS)).isTrue();

        long startedAt = System.nanoTime();
        Stream.of(
                        "/v1/authors/alice/reports/" + TestDatabase.WEEK,
                        "/v1/reports/" + TestDatabase.WEEK,
                        "/v1/reports/" + TestDatabase.WEEK + "/authors",
                        "/v1/reports/" + TestDatabase.WEEK + "/authors?format=csv",
                        "/v1/runs/" + run.id())
                .map(path -> HTTP.sendAsync(request(path), BodyHandlers.ofString()))
                .toList()
                .forEach(answer -> assertUnavailable(answer.join()));
        assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(READERS_LIMIT);
        startedAt = System.nanoTime();
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(PROBES_LIMIT);

        relay.heal();

        awaitDone(run);
        await().until(() -> get("/actuator/health/readiness").statusCode() == 200);
        assertThat(get("/v1/authors/alice/reports/" + TestDatabase.WEEK).statusCode())
                .isEqualTo(200);
    }

    private Run request() {
        Run run = batch.getBean(RunService.class).enqueue(Run.ON_REQUEST).block();
        batch.getBean(RunWorker.class).joinRun(run.id());
        return run;
    }

    private void awaitDone(Run run) {
        RunStore runs = new RunStore(database.mongo); // a direct connection, not through the relay
        await().atMost(Duration.ofSeconds(40))
                .until(() -> runs.find(run.id()).block().isFinished());
        assertThat(runs.find(run.id()).block().error()).isNull();
        database.assertFiguresEqualNaiveCount(events);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path), BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static void assertUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("does not answer");
    }
}
