package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.SimpleReactiveMongoDatabaseFactory;
import reactor.core.publisher.Flux;

class MongoHealthIT {

    private static final int UNAUTHORIZED = 13;

    @TempDir
    private Path folder;

    private volatile boolean isPermitted = true;
    private final AtomicInteger reads = new AtomicInteger();

    @Test
    void serverThatRefusesToReadProgress_isDown() {
        int port = FreePorts.find(1)[0];
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), port, this::refusing);
                MongoHealth health = health(mongo.database("heartline"))) {
            await().until(() -> health.health().block().getStatus().equals(Status.UP)); // the first reply is slow
            isPermitted = false;

            await().untilAsserted(() -> {
                Health refused = health.health().block();
                assertThat(refused.getStatus()).isEqualTo(Status.DOWN);
                assertThat(refused.getDetails().get("error").toString()).contains("not authorized");
            });
        }
    }

    @Test
    void manyProbes_queryMongoDbOncePerSecond() {
        int port = FreePorts.find(1)[0];
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), port, this::refusing);
                MongoHealth health = health(mongo.database("heartline"))) {
            await().until(() -> health.health().block().getStatus().equals(Status.UP));
            int before = reads.get();
            long started = System.nanoTime();

            Flux.range(0, 1_000)
                    .flatMap(i -> Flux.concat(health.health(), health.health()), 100)
                    .blockLast();
            assertThat(reads.get() - before)
                    .isLessThanOrEqualTo(1 + (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started));

            await().until(() -> {
                health.health().block();
                return reads.get() > before + 1;
            });
        }
    }

    private static MongoHealth health(String uri) {
        ConnectionString database = new ConnectionString(uri);
        MongoClient client = MongoClients.create(database);
        return new MongoHealth(
                client,
                new ReactiveMongoTemplate(new SimpleReactiveMongoDatabaseFactory(client, database.getDatabase())),
                database);
    }

    /** Returns a server that refuses reads of progress unless {@code isPermitted}, and answers all other commands. */
    private MongoBackend refusing(MongoBackend real) {
        return (MongoBackend) Proxy.newProxyInstance(
                MongoBackend.class.getClassLoader(), new Class<?>[] {MongoBackend.class}, (proxy, method, given) -> {
                    boolean isRead = given != null
                            && given[0] instanceof MongoMessage message
                            && "progress".equals(message.getDocument().get("find"));
                    if (isRead) {
                        reads.incrementAndGet();
                    }
                    if (isRead && !isPermitted) {
                        throw new MongoServerError(UNAUTHORIZED, "Unauthorized", "not authorized to read progress");
                    }
                    try {
                        return method.invoke(real, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
