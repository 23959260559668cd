package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.worker.TestApplication;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** Every connection in the pool waits for a slow reply, while MongoDB answers other commands. */
class BusyConnectionPoolIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final CountDownLatch isBusy = new CountDownLatch(1);
    private final CountDownLatch isOver = new CountDownLatch(1);
    private InProcessMongo mongo;
    private ConfigurableApplicationContext batch;

    @AfterEach
    void close() {
        isOver.countDown();
        batch.close();
        mongo.close();
    }

    @Test
    void exhaustedConnectionPool_staysReady() throws Exception {
        mongo = InProcessMongo.inFile(folder.resolve("mongo"), FreePorts.find(1)[0], this::slowToCount);
        batch = TestApplication.start(
                new CommandListener() {},
                mongo.database("busy") + "?maxPoolSize=1",
                "heartline.reports.schedule=-",
                "heartline.reports.queue-poll-interval=1h");
        await().until(() -> readiness() == 200);
        batch.getBean(ReactiveMongoTemplate.class).estimatedCount("runs").subscribe();
        assertThat(isBusy.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        // if a connection of the probes shares the blocked thread of the emulator, the probes open a new connection
        await().atMost(SOON).until(() -> readiness() == 200);
        assertThat(isOver.getCount()).as("the slow reply is still pending").isPositive();
    }

    private MongoBackend slowToCount(MongoBackend backend) {
        return (MongoBackend) Proxy.newProxyInstance(
                MongoBackend.class.getClassLoader(), new Class<?>[] {MongoBackend.class}, (proxy, method, given) -> {
                    boolean isSlow = given != null
                            && given.length == 1
                            && given[0] instanceof MongoMessage message
                            && message.getDocument().containsKey("count");
                    if (isSlow) {
                        isBusy.countDown();
                        isOver.await();
                    }
                    try {
                        return method.invoke(backend, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private int readiness() throws Exception {
        String port = batch.getEnvironment().getProperty("local.server.port");
        HttpRequest probe = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + "/actuator/health/readiness"))
                .timeout(SOON)
                .build();
        return HTTP.send(probe, BodyHandlers.discarding()).statusCode();
    }
}
