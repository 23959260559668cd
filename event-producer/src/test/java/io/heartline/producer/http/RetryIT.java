package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A like that is sent again, to the same or another instance, immediately or after a restart. */
class RetryIT {

    @Test
    void sameKey_givesTheSameEventId_onEveryInstance_andAfterARestart() throws Exception {
        String topic = Backends.unique("likes");
        String body = LikeBodies.like("alice", "bob");
        Set<String> ids = new HashSet<>();
        Set<String> positions = new HashSet<>();
        for (int restart = 0; restart < 2; restart++) {
            try (RunningProducer one = RunningProducer.on(topic);
                    RunningProducer other = RunningProducer.on(topic)) {
                for (RunningProducer instance : List.of(one, other)) {
                    for (String key : List.of("7f3a", "\"7f3a\"")) {
                        JsonNode accepted = accepted(instance, body, key);
                        ids.add(accepted.path("eventId").stringValue());
                        positions.add(accepted.path("position").stringValue());
                    }
                }
                assertThat(id(one, body, "7f3b")).as("another key").isNotIn(ids);
                assertThat(id(one, body + " ", "7f3a")).as("another body").isNotIn(ids);
            }
        }

        assertThat(ids).hasSize(1);
        assertThat(positions).as("each attempt is in the log").hasSize(8);
        assertThat(new LoggedLikes(Backends.bootstrapServers(), topic)
                        .all().values().stream().map(LikeEvent::id).filter(ids::contains))
                .hasSize(8);
    }

    @Test
    void withoutKey_everyLikeIsANewEvent() throws Exception {
        try (RunningProducer producer = RunningProducer.on(Backends.unique("likes"))) {
            HttpResponse<String> one = producer.post(LikeBodies.like("alice", "bob"));
            HttpResponse<String> other = producer.post(LikeBodies.like("alice", "bob"));

            assertThat(RunningProducer.json(one).path("eventId"))
                    .isNotEqualTo(RunningProducer.json(other).path("eventId"));
            assertThat(producer.metric("heartline_producer_accepted_total", "")).isEqualTo(2);
            assertThat(producer.metric("heartline_producer_log_available", "")).isEqualTo(1);
            assertThat(producer.metric("heartline_producer_ack_seconds_count", ""))
                    .isEqualTo(2);
            assertThat(producer.metric("kafka_producer_record_send_total", "")).isEqualTo(2);
        }
    }

    @Test
    void putAndDelete_withTheSameKey_giveTheSameEventId_onEveryInstance() throws Exception {
        String topic = Backends.unique("likes");
        String path = "/v1/posts/p-1/likes/bob?author=alice";
        try (RunningProducer one = RunningProducer.on(topic);
                RunningProducer other = RunningProducer.on(topic)) {
            Set<String> ids = new HashSet<>();
            for (String method : List.of("PUT", "DELETE")) {
                Set<String> ofMethod = new HashSet<>();
                for (RunningProducer instance : List.of(one, other, one)) {
                    ofMethod.add(id(instance.send(method, path, "Idempotency-Key", "7f3a")));
                }
                assertThat(ofMethod).as(method).hasSize(1);
                ids.addAll(ofMethod);
                ids.add(id(other.send(method, path, "Idempotency-Key", "7f3b")));
                ids.add(id(one.send(method, path)));
                ids.add(id(one.send(method, path)));
            }
            ids.add(id(one.post(LikeBodies.like("alice", "bob"), "Idempotency-Key", "7f3a")));

            assertThat(ids).as("ids of other keys, of none, and of a POST").hasSize(2 * 4 + 1);
            assertThat(new LoggedLikes(Backends.bootstrapServers(), topic).all())
                    .as("each attempt is in the log")
                    .hasSize(2 * 6 + 1);
        }
    }

    private static String id(HttpResponse<String> answer) {
        return accepted(answer).path("eventId").stringValue();
    }

    private static String id(RunningProducer producer, String body, String key) throws Exception {
        return accepted(producer, body, key).path("eventId").stringValue();
    }

    private static JsonNode accepted(RunningProducer producer, String body, String key) throws Exception {
        return accepted(producer.post(body, "Idempotency-Key", key));
    }

    private static JsonNode accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return RunningProducer.json(answer);
    }
}
