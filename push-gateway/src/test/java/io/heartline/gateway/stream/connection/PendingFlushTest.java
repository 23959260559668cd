package io.heartline.gateway.stream.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.DeliverySpan;
import io.heartline.gateway.stream.Frame;
import io.micrometer.tracing.Span;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingFlushTest {

    private final PendingFlush unflushed = new PendingFlush();
    private final List<Long> flushed = new ArrayList<>();

    @Test
    void flush_recordsLatencyOfOldestLiveEventOnce() {
        unflushed.add(like(1_000), false);
        unflushed.add(like(2_000), true);
        unflushed.add(like(3_000), true);

        unflushed.onFlush(flushed::add);
        unflushed.onFlush(flushed::add);
        assertThat(flushed).containsExactly(2_000L);

        unflushed.add(like(4_000), true);
        unflushed.onFlush(flushed::add);
        assertThat(flushed).containsExactly(2_000L, 4_000L);
    }

    @Test
    void deliverySpan_endsWithFlush() {
        List<String> ended = new ArrayList<>();
        unflushed.add(like(1_000).tracedBy(new DeliverySpan(span("first", ended))), false);
        unflushed.add(like(2_000), false);
        unflushed.add(like(3_000).tracedBy(new DeliverySpan(span("second", ended))), false);
        assertThat(ended).isEmpty();

        unflushed.onFlush(flushed::add);

        assertThat(ended).containsExactly("first", "second");
        assertThat(flushed).isEmpty();
    }

    private static Frame like(long loggedAt) {
        return Frame.like(
                new Position("k3f9abcd", 0, loggedAt),
                Instant.ofEpochMilli(loggedAt),
                "{}".getBytes(StandardCharsets.US_ASCII));
    }

    private static Span span(String name, List<String> ended) {
        return (Span) Proxy.newProxyInstance(
                Span.class.getClassLoader(), new Class<?>[] {Span.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("end");
                    ended.add(name);
                    return null;
                });
    }
}
