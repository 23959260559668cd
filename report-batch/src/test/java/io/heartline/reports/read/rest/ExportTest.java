package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.http.RequestLimits;
import io.heartline.web.limit.ConcurrencyLimit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

class ExportTest {

    private final ConcurrencyLimit limit = RequestLimits.create(
            "exports",
            "heartline.reports.read.exports",
            "stream a list",
            1,
            0,
            new RefusalMetrics(new SimpleMeterRegistry()));
    private final Export export = new Export(JsonMapper.shared(), limit, Duration.ofMinutes(1));

    @Test
    void itemsAreRead_onlyOnDemand() {
        AtomicLong read = new AtomicLong();
        Flux<Integer> endless = Flux.generate(AtomicLong::new, (state, sink) -> {
            sink.next((int) read.incrementAndGet());
            return state;
        });
        AtomicLong chunks = new AtomicLong();
        BaseSubscriber<DataBuffer> reader = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(3);
            }

            @Override
            protected void hookOnNext(DataBuffer chunk) {
                chunks.incrementAndGet();
            }
        };

        body(endless, ResponseFormat.CSV).subscribe(reader);

        assertThat(chunks.get()).isEqualTo(3);
        assertThat(read.get()).isLessThanOrEqualTo(4 * 64);
        assertThat(limit.acquired()).isEqualTo(1);
        reader.cancel();
        assertThat(limit.acquired()).isZero();
    }

    @Test
    void headRequest_readsNoItems() {
        AtomicLong read = new AtomicLong();
        Flux<Integer> items = Flux.range(0, 10).doOnNext(item -> read.incrementAndGet());

        Flux<DataBuffer> body = export.response(
                        items,
                        new Csv<Integer>().column("n", n -> n),
                        ResponseFormat.CSV,
                        "name",
                        "bob",
                        MockServerWebExchange.from(MockServerHttpRequest.head("/")))
                .getBody();

        assertThat(body.collectList().block()).isEmpty();
        assertThat(read.get()).isZero();
    }

    private Flux<DataBuffer> body(Flux<Integer> items, ResponseFormat format) {
        return export.response(
                        items,
                        new Csv<Integer>().column("n", n -> n),
                        format,
                        "name",
                        "bob",
                        MockServerWebExchange.from(MockServerHttpRequest.get("/")))
                .getBody();
    }
}
