package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.producer.like.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/** Pieces are released whatever happens. */
class BodyPiecesTest {

    private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);
    private final List<ByteBuf> created = new ArrayList<>();
    private final StringBuilder read = new StringBuilder();

    private DataBuffer piece(String text) {
        DataBuffer piece = buffers.allocateBuffer(text.length());
        created.add(NettyDataBufferFactory.toByteBuf(piece));
        return piece.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private Mono<Void> readAll(Flux<DataBuffer> body, Consumer<String> check) {
        return BodyPieces.readAll(body, piece -> {
            String text = piece.toString(StandardCharsets.US_ASCII);
            read.append(text);
            check.accept(text);
        });
    }

    private void assertReleased(int pieces) {
        assertThat(created).hasSize(pieces).allSatisfy(piece -> assertThat(piece.refCnt())
                .isZero());
    }

    @Test
    void wholeBody_isRead() {
        readAll(Flux.just("a", "b", "c").map(this::piece), text -> {}).block();

        assertThat(read).hasToString("abc");
        assertReleased(3);
    }

    @Test
    void readerRefuses_noFurtherPieceIsRead() {
        Mono<Void> reading = readAll(Flux.just("a", "b", "c").map(this::piece), text -> {
            if (text.equals("b")) {
                throw RefusedException.tooLarge();
            }
        });

        assertThatThrownBy(reading::block).isInstanceOf(RefusedException.class);

        assertThat(read).hasToString("ab");
        assertReleased(2);
    }

    @Test
    void readerFails_itsPieceIsReleased() {
        Mono<Void> reading = readAll(Flux.just("a", "b").map(this::piece), text -> {
            throw new IllegalStateException("a defect");
        });

        assertThatThrownBy(reading::block).isInstanceOf(IllegalStateException.class);

        assertReleased(1);
    }

    @Test
    void clientDisconnects_readingFails() {
        Flux<DataBuffer> body =
                Flux.just("a").map(this::piece).concatWith(Flux.error(new AbortedException("disconnected")));

        assertThatThrownBy(readAll(body, text -> {})::block).isInstanceOf(AbortedException.class);

        assertReleased(1);
    }
}
