package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.producer.like.EventIds;
import io.heartline.producer.like.IdempotencyKey;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The broker is killed and started again while single likes and a stream arrive. */
@Order(0) // starts first, because it takes long
@Tag("slow")
class KilledBrokerIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final int APPS = 4;

    /** Without a pause, the stream would send more than a million lines during the outage. */
    private static final Duration PAUSE_AFTER_REFUSED_LINES = Duration.ofMillis(10);

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> sentAgain = ConcurrentHashMap.newKeySet();
    private final Set<String> postedTwice = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Test
    void brokerIsKilled_acknowledgedLikesAreLogged_andOnlyRetriedOnesTwice(@TempDir Path folder) throws Exception {
        try (KafkaProcess kafka = new KafkaProcess(folder);
                RunningProducer producer = RunningProducer.on(
                        kafka.bootstrapServers(), "likes", new String[] {"heartline.producer.ack-timeout=2s"})) {
            await().atMost(TIMEOUT).until(producer::isReady);
            List<CompletableFuture<Void>> load = new ArrayList<>();
            for (int app = 0; app < APPS; app++) {
                String name = "app-" + app;
                load.add(CompletableFuture.runAsync(() -> postOneByOne(producer, name), KilledBrokerIT::start));
            }
            load.add(CompletableFuture.runAsync(() -> stream(producer), KilledBrokerIT::start));
            awaitMore(500);

            kafka.kill();

            await().atMost(TIMEOUT).until(() -> refused.size() > APPS);
            await().atMost(TIMEOUT).until(() -> !producer.isReady());
            kafka.start();
            awaitMore(500);
            await().atMost(TIMEOUT).until(producer::isReady);
            stopped.countDown();
            load.forEach(CompletableFuture::join);

            assertNothingIsLost(new LoggedLikes(kafka.bootstrapServers(), "likes").all());
        }
    }

    /** Runs on its own thread, because on two cores it would block the common pool. */
    private static void start(Runnable task) {
        Thread thread = new Thread(task, "load");
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitMore(int count) {
        int before = acknowledged.size();
        await().atMost(TIMEOUT).until(() -> acknowledged.size() > before + count);
    }

    private void assertNothingIsLost(Map<String, LikeEvent> logged) {
        Map<String, Long> found =
                logged.values().stream().collect(Collectors.groupingBy(LikeEvent::id, Collectors.counting()));
        Set<String> lost =
                acknowledged.stream().filter(id -> !found.containsKey(id)).collect(Collectors.toSet());
        Set<String> twice = found.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        System.out.printf(
                "%d acknowledged: %d found, %d not found; found more than once: %d, of which %d were acknowledged and"
                        + " posted again, %d refused or cut off and sent again%n",
                acknowledged.size(),
                acknowledged.size() - lost.size(),
                lost.size(),
                twice.size(),
                twice.stream().filter(postedTwice::contains).count(),
                twice.stream().filter(id -> !postedTwice.contains(id)).count());
        assertThat(lost).isEmpty();
        assertThat(twice).containsAll(postedTwice);
        assertThat(sentAgain).containsAll(twice);
    }

    /** Sends each like with its own key, and repeats it until it is accepted, like an app that must not lose it. */
    private void postOneByOne(RunningProducer producer, String app) {
        for (int i = 0; stopped.getCount() > 0; i++) {
            String key = app + "-" + i;
            String body = LikeBodies.like("author-" + i % 100, key);
            while (!isAccepted(producer, body, key)) {
                refused.add(key);
                sentAgain.add(idOf(key, body));
            }
            if (i % 50 == 0 && isAccepted(producer, body, key)) { // an app that did not receive the answer
                postedTwice.add(idOf(key, body));
                sentAgain.add(idOf(key, body));
            }
        }
    }

    private static String idOf(String key, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new EventIds().keyedId("anonymous", new IdempotencyKey(key), bytes, 0, bytes.length);
    }

    private boolean isAccepted(RunningProducer producer, String body, String key) {
        try {
            HttpResponse<String> answer = producer.post(body, "Idempotency-Key", key);
            if (answer.statusCode() == 202) {
                acknowledged.add(RunningProducer.json(answer).path("eventId").stringValue());
                return true;
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            return false;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends one stream for the whole time. Refused lines are not sent again. */
    private void stream(RunningProducer producer) {
        try (StreamClient client = new StreamClient(producer.port)) {
            for (int i = 0; stopped.getCount() > 0; i++) {
                client.write(LikeBodies.lines(i * 10, 10)).flush();
                boolean anyRefused = false;
                for (int line = 0; line < 10; line++) {
                    JsonNode result = client.result();
                    if (result.path("status").intValue() == 202) {
                        acknowledged.add(result.path("eventId").stringValue());
                    } else {
                        refused.add("line " + result.path("line"));
                        anyRefused = true;
                    }
                }
                if (anyRefused) {
                    stopped.await(PAUSE_AFTER_REFUSED_LINES.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
            JsonNode done = client.end().result();
            assertThat(done.path("done").booleanValue()).isTrue();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
