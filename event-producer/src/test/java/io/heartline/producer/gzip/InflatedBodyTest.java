package io.heartline.producer.gzip;

import static io.heartline.producer.GzipBodies.concat;
import static io.heartline.producer.GzipBodies.gzip;
import static io.heartline.producer.GzipBodies.unfinished;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.like.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class InflatedBodyTest {

    private static final int PIECE = InflatedBody.MAX_PIECE_BYTES;
    private static final NettyDataBufferFactory NETTY = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
    private static final String LINES = LikeBodies.lines(0, 1000);

    private final List<ByteBuf> pieces = new ArrayList<>();
    private final GzipDecoder decoder = new GzipDecoder();
    private long requested; // compressed pieces
    private final TestPublisher<DataBuffer> compressed = TestPublisher.create();
    private final InflatedBody body =
            new InflatedBody(compressed.flux().doOnRequest(n -> requested += n), () -> decoder);

    private DataBuffer piece(byte[] bytes) {
        ByteBuf piece = Unpooled.copiedBuffer(bytes);
        pieces.add(piece);
        return NETTY.wrap(piece);
    }

    private Flux<DataBuffer> piecesOf(byte[] bytes, int size) {
        return Flux.range(0, (bytes.length + size - 1) / size)
                .map(i -> piece(Arrays.copyOfRange(bytes, i * size, Math.min(bytes.length, (i + 1) * size))));
    }

    private void assertReleased() {
        assertThat(pieces).isNotEmpty().allSatisfy(piece -> assertThat(piece.refCnt())
                .isZero());
        assertThat(decoder.isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1_000_000})
    void piecesOfAnySize_areInflated_andReleased(int size) {
        Flux<DataBuffer> inflated = new InflatedBody(piecesOf(gzip(LINES), size), GzipDecoder::new);

        byte[] joined = DataBufferUtils.join(inflated)
                .map(buffer -> buffer.toString(StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                .block();

        assertThat(new String(joined, StandardCharsets.UTF_8)).isEqualTo(LINES);
        assertThat(pieces).allSatisfy(piece -> assertThat(piece.refCnt()).isZero());
    }

    @Test
    void demandOfThreePieces_inflatesThree_andRequestsOneCompressedPiece() {
        byte[] zeros = gzip(new byte[20 * PIECE]);

        StepVerifier.create(body, 0)
                .then(() -> assertThat(requested).isZero())
                .thenRequest(3)
                .then(() -> compressed.next(piece(zeros)))
                .expectNextMatches(piece -> piece.readableByteCount() == PIECE)
                .expectNextMatches(piece -> piece.readableByteCount() == PIECE)
                .expectNextMatches(piece -> piece.readableByteCount() == PIECE)
                .then(() -> {
                    assertThat(decoder.inflatedBytes()).isEqualTo(3 * PIECE);
                    assertThat(requested).isEqualTo(1);
                })
                .thenCancel()
                .verify();
    }

    @Test
    void nextCompressedPiece_isRequestedWhenThePreviousOneIsUsedUp() {
        byte[] zeros = gzip(new byte[2 * PIECE]);

        StepVerifier.create(body, 0)
                .thenRequest(2)
                .then(() -> compressed.next(piece(Arrays.copyOf(zeros, zeros.length - 1))))
                .expectNextCount(2)
                .then(() -> assertThat(requested).isEqualTo(1))
                .thenRequest(1)
                .then(() -> assertThat(requested).isEqualTo(2))
                .then(() -> compressed.next(piece(Arrays.copyOfRange(zeros, zeros.length - 1, zeros.length))))
                .then(compressed::complete)
                .verifyComplete();

        assertReleased();
    }

    @Test
    void completeBody_releasesEverything() {
        StepVerifier.create(body)
                .then(() -> compressed.next(piece(gzip("x"))))
                .expectNextCount(1)
                .then(compressed::complete)
                .verifyComplete();

        assertReleased();
    }

    @Test
    void truncatedBody_fails_andReleasesEverything() {
        StepVerifier.create(body)
                .then(() -> {
                    compressed.next(piece(unfinished(LINES)));
                    compressed.complete();
                })
                .thenConsumeWhile(piece -> true)
                .verifyErrorMatches(
                        e -> e instanceof RefusedException && e.getMessage().endsWith("it ends within member 1."));

        assertReleased();
    }

    @Test
    void corruptBody_failsAfterTheBytesBeforeIt_cancels_andReleasesEverything() {
        StringBuilder received = new StringBuilder();
        StepVerifier.create(body)
                .then(() -> compressed.next(piece(concat(unfinished(LINES), new byte[] {7, 0, 0}))))
                .thenConsumeWhile(piece -> true, piece -> received.append(piece.toString(StandardCharsets.UTF_8)))
                .verifyErrorMatches(e ->
                        e instanceof RefusedException && e.getMessage().endsWith("the data of member 1 is corrupt."));

        assertThat(received).hasToString(LINES);
        compressed.assertCancelled();
        assertReleased();
    }

    @Test
    void corruptBody_failsOnlyInPlaceOfARequestedPiece() {
        StepVerifier.create(body, 1)
                .then(() -> compressed.next(piece(concat(unfinished("x"), new byte[] {7, 0, 0}))))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(1))
                .thenRequest(1)
                .verifyError(RefusedException.class);
    }

    @Test
    void bomb_failsAfterOneMebibyte() {
        StepVerifier.create(body)
                .then(() -> compressed.next(piece(gzip(new byte[64 * 1024 * 1024]))))
                .expectNextCount(64)
                .verifyErrorMatches(e -> e.getMessage().contains("inflate to 1064960 bytes"));

        compressed.assertCancelled();
        assertReleased();
    }

    @Test
    void emptyMembersWithoutEnd_fail() {
        Flux<DataBuffer> members = Flux.generate(sink -> sink.next(piece(gzip(""))));

        StepVerifier.create(new InflatedBody(members, () -> decoder))
                .verifyErrorMatches(e -> e.getMessage().contains("inflate to 0 bytes"));

        assertReleased();
    }

    @Test
    void incompressibleBody_passes() {
        byte[] random = new byte[1_000_000];
        new Random(1).nextBytes(random);

        StepVerifier.create(new InflatedBody(piecesOf(gzip(random), 100), () -> decoder)
                        .map(DataBuffer::readableByteCount)
                        .reduce(Integer::sum))
                .expectNext(random.length)
                .verifyComplete();
    }

    @Test
    void cancelledBody_releasesEverything() {
        StepVerifier.create(body, 1)
                .then(() -> compressed.next(piece(gzip(new byte[4 * PIECE]))))
                .expectNextCount(1)
                .thenCancel()
                .verify();

        compressed.assertCancelled();
        assertReleased();
    }

    @Test
    void pieceThatArrivesAfterTheCancellation_isReleased() {
        AtomicReference<Subscriber<? super DataBuffer>> inflation = new AtomicReference<>();
        Flux<DataBuffer> source = Flux.from(subscriber -> {
            inflation.set(subscriber);
            subscriber.onSubscribe(Operators.emptySubscription());
        });
        StepVerifier.create(new InflatedBody(source, () -> decoder))
                .thenCancel()
                .verify();

        inflation.get().onNext(piece(new byte[] {1}));

        assertReleased();
    }

    @Test
    void disconnect_isPassedOnWithoutDemand_andReleasesEverything() {
        StepVerifier.create(body, 1)
                .then(() -> compressed.next(piece(gzip(new byte[4 * PIECE]))))
                .expectNextCount(1)
                .then(() -> compressed.error(new IOException("reset")))
                .verifyError(IOException.class);

        assertReleased();
    }

    @Test
    void requestsOfAnotherThread_loseNothing() {
        byte[] bytes = LikeBodies.lines(0, 20_000).getBytes(StandardCharsets.UTF_8);
        for (int repetition = 0; repetition < 20; repetition++) {
            Flux<DataBuffer> inflated = new InflatedBody(
                            piecesOf(gzip(bytes), 1000).publishOn(Schedulers.parallel(), 1), GzipDecoder::new)
                    .publishOn(Schedulers.single(), 2);

            StepVerifier.create(inflated.map(DataBuffer::readableByteCount).reduce(Integer::sum))
                    .expectNext(bytes.length)
                    .expectComplete()
                    .verify(Duration.ofSeconds(30));
        }
        assertThat(pieces).allSatisfy(piece -> assertThat(piece.refCnt()).isZero());
    }
}
