package io.heartline.producer.gzip;

import io.heartline.producer.like.RefusedException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;

/**
 * A body in gzip, inflated on demand into pieces of at most 16 KiB. It requests a compressed piece only when the previous one is
 * used up, because one piece may inflate a thousandfold.
 *
 * <p>A body that is corrupt, truncated or beyond the limits of its ratio ends with a {@link RefusedException}. This error takes the
 * place of a requested piece, so a subscriber has received every byte before it. An error of the compressed body is passed on
 * immediately.
 */
public final class InflatedBody extends FluxOperator<DataBuffer, DataBuffer> {

    static final int MAX_PIECE_BYTES = 16 * 1024;
    private static final int MAX_INPUT_BYTES = 8 * 1024;

    private final Supplier<GzipDecoder> decoders;

    /**
     * Creates a body, which is inflated when it is subscribed to.
     *
     * @param compressed pieces of any size, which are released
     */
    public InflatedBody(Flux<DataBuffer> compressed) {
        this(compressed, GzipDecoder::new);
    }

    /** @param decoders creates the decoder of each subscription */
    InflatedBody(Flux<DataBuffer> compressed, Supplier<GzipDecoder> decoders) {
        super(compressed);
        this.decoders = decoders;
    }

    @Override
    public void subscribe(CoreSubscriber<? super DataBuffer> subscriber) {
        source.subscribe(new Inflation(subscriber, decoders.get()));
    }

    /** One subscription. Any thread may signal it. One thread at a time decodes; it repeats while other threads have signalled. */
    private static final class Inflation implements CoreSubscriber<DataBuffer>, Subscription {

        private final CoreSubscriber<? super DataBuffer> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private final AtomicInteger signals = new AtomicInteger();
        private volatile @Nullable DataBuffer arrived; // one at most, because one piece is requested at a time
        private volatile boolean isInputEnded;
        private volatile @Nullable Throwable inputError;
        private volatile boolean isCancelled;

        // the thread that decodes owns the following fields
        private final GzipDecoder decoder;
        private final byte[] input = new byte[MAX_INPUT_BYTES];
        private final byte[] output = new byte[MAX_PIECE_BYTES];
        private Subscription upstream;
        private @Nullable DataBuffer piece;
        private boolean isPieceRequested;
        private boolean isEnded;

        Inflation(CoreSubscriber<? super DataBuffer> subscriber, GzipDecoder decoder) {
            this.subscriber = subscriber;
            this.decoder = decoder;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            subscriber.onSubscribe(this);
        }

        @Override
        public void onNext(DataBuffer compressed) {
            arrived = compressed;
            signal();
        }

        @Override
        public void onComplete() {
            isInputEnded = true;
            signal();
        }

        @Override
        public void onError(Throwable e) {
            inputError = e;
            signal();
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n)) {
                demand.accumulateAndGet(n, Operators::addCap);
                signal();
            }
        }

        @Override
        public void cancel() {
            isCancelled = true;
            upstream.cancel();
            signal();
        }

        private void signal() {
            if (signals.getAndIncrement() > 0) {
                return;
            }
            int seen = 1;
            do {
                while (advance()) {
                    // one piece or one input at a time
                }
                seen = signals.addAndGet(-seen);
            } while (seen > 0);
        }

        /** Does one step. Returns false if nothing can be done before the next signal. */
        private boolean advance() {
            if (isEnded || isCancelled) {
                end();
                return false;
            }
            if (inputError != null) {
                fail(inputError);
                return false;
            }
            if (demand.get() == 0) {
                return false;
            }
            int length;
            try {
                length = decoder.decode(output);
                InflationLimits.check(decoder.compressedBytes(), decoder.inflatedBytes());
                if (length == 0) {
                    return nextInput();
                }
            } catch (RefusedException | Error e) {
                upstream.cancel();
                fail(e);
                return false;
            }
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            subscriber.onNext(DefaultDataBufferFactory.sharedInstance.wrap(Arrays.copyOf(output, length)));
            return true;
        }

        /** Returns false if there is no input yet, or will be none. */
        private boolean nextInput() {
            boolean isLast = isInputEnded; // read before the piece, which may arrive together with the end
            if (piece == null && arrived != null) {
                piece = arrived;
                arrived = null;
                isPieceRequested = false;
            }
            if (piece != null) {
                int length = Math.min(input.length, piece.readableByteCount());
                piece.read(input, 0, length);
                decoder.setInput(input, 0, length);
                if (piece.readableByteCount() == 0) {
                    releasePiece();
                }
                return true;
            }
            if (isLast) {
                decoder.requireComplete();
                end();
                subscriber.onComplete();
            } else if (!isPieceRequested) {
                isPieceRequested = true;
                upstream.request(1);
            }
            return false;
        }

        private void fail(Throwable e) {
            end();
            subscriber.onError(e);
        }

        /** Releases everything. A piece that arrives afterwards is released, too. */
        private void end() {
            if (!isEnded) {
                isEnded = true;
                decoder.close();
            }
            releasePiece();
            DataBufferUtils.release(arrived);
            arrived = null;
        }

        private void releasePiece() {
            DataBufferUtils.release(piece);
            piece = null;
        }
    }
}
