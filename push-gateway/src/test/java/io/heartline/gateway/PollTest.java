package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PollTest {

    private final FakeLog log = new FakeLog(1_000_000, 1_000);
    private final MultiValueMap<String, String> query = new LinkedMultiValueMap<>();

    @Test
    void aPollThatDoesNotWait_isAnsweredAtOnce_evenIfItAsksForDigestsAndALikeComesInBetween() {
        query.add("digest", "3600");

        JsonNode answer = ask();

        assertThat(answer.path("frames")).hasSize(1);
        assertThat(answer.path("frames").path(0).path("kind").stringValue()).isEqualTo("like");
    }

    @Test
    void aPollThatWaits_isToldInDigests() {
        query.add("digest", "1");
        query.add("wait", "30");

        JsonNode answer = ask();

        assertThat(answer.path("frames")).hasSize(1);
        assertThat(answer.path("frames").path(0).path("kind").stringValue()).isEqualTo("digest");
    }

    @Test
    void aPollWhoseTimeEndsBeforeItsStreamHasBegun_isRefused_andNotAnsweredWithoutAPosition() {
        query.add("wait", "1");
        LikesRequest request =
                LikesRequest.of("alice", query, null, Caller.named("caller")).polled();

        assertThat(Poll.of(Flux.never(), request).toFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(RefusedException.class);
    }

    @Test
    void whoAsks_isAnsweredOnHisOwnThread_butNeverOnTheLogs() throws Exception {
        query.add("wait", "30");
        LikesRequest request =
                LikesRequest.of("alice", query, null, Caller.named("caller")).polled();
        Flux<Frame> frames = Flux.from(socket -> log.partition.follow(request.following(), socket));
        Flux<Frame> likedAtOnce = frames.doOnNext(frame -> {
            if (frame.kind() == Frame.Kind.hello) {
                log.like("alice");
            }
        });

        var own = Poll.of(likedAtOnce, request).map(answer -> Thread.currentThread());
        var waiting =
                Poll.of(frames, request).map(answer -> Thread.currentThread()).toFuture();
        Thread logs = new Thread(() -> log.like("alice"), "log-tail");
        logs.start();

        assertThat(waiting.get(30, TimeUnit.SECONDS)).isNotSameAs(logs).isNotSameAs(Thread.currentThread());
        assertThat(own.toFuture().get(30, TimeUnit.SECONDS)).isSameAs(Thread.currentThread());
    }

    /** Alice is liked just when she has been greeted, and the clock goes on a second later. */
    private JsonNode ask() {
        LikesRequest request =
                LikesRequest.of("alice", query, null, Caller.named("caller")).polled();
        Flux<Frame> frames = Flux.<Frame>from(socket -> log.partition.follow(request.following(), socket))
                .doOnNext(frame -> {
                    if (frame.kind() == Frame.Kind.hello) {
                        log.like("alice");
                    }
                });
        var answer = Poll.of(frames, request).toFuture();
        log.tick(Duration.ofSeconds(1));
        return JsonMapper.shared()
                .readTree(new String(answer.orTimeout(30, TimeUnit.SECONDS).join(), StandardCharsets.UTF_8));
    }
}
