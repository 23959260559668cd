package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.micrometer.tracing.Span;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnflushedTest {

    private final Unflushed unflushed = new Unflushed();
    private final List<Long> flushed = new ArrayList<>();

    @Test
    void aFlush_tellsOnceOfTheOldestLikeThatCameWhileItsReaderWasThere() {
        unflushed.add(like(1_000), false);
        unflushed.add(like(2_000), true);
        unflushed.add(like(3_000), true);

        unflushed.flushed(flushed::add);
        unflushed.flushed(flushed::add);
        assertThat(flushed).containsExactly(2_000L);

        unflushed.add(like(4_000), true);
        unflushed.flushed(flushed::add);
        assertThat(flushed).containsExactly(2_000L, 4_000L);
    }

    @Test
    void whatIsRecorded_endsWithTheFlush_andNotBefore() {
        List<String> ended = new ArrayList<>();
        unflushed.add(like(1_000).recordedBy(new Delivery(span("first", ended))), false);
        unflushed.add(like(2_000), false);
        unflushed.add(like(3_000).recordedBy(new Delivery(span("second", ended))), false);
        assertThat(ended).isEmpty();

        unflushed.flushed(flushed::add);

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
