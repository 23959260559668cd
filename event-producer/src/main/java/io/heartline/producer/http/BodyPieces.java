package io.heartline.producer.http;

import io.heartline.producer.like.RefusedException;
import java.util.function.Consumer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads a body piece by piece, so that memory does not depend on its size. */
final class BodyPieces {

    private BodyPieces() {}

    /**
     * Calls a reader with each piece, and releases the piece.
     *
     * @param reader reads a piece. It may throw {@link RefusedException}, after which no further piece is read.
     * @return completes at the end of the body, or fails with the refusal
     */
    static Mono<Void> readAll(Flux<DataBuffer> body, Consumer<DataBuffer> reader) {
        return body.<Void>handle((piece, sink) -> {
                    try {
                        reader.accept(piece);
                    } catch (RefusedException e) {
                        sink.error(e);
                    } finally {
                        DataBufferUtils.release(piece);
                    }
                })
                .then();
    }
}
