package io.heartline.producer.trace;

import java.util.List;
import org.apache.kafka.common.header.Header;

/** The span of a request, or of the append of one of its likes. */
public interface RequestSpan {

    /** The span of a request that is not sampled. It does nothing. */
    RequestSpan NOOP = new RequestSpan() {

        @Override
        public RequestSpan startAppend() {
            return this;
        }

        @Override
        public List<Header> headers() {
            return List.of();
        }

        @Override
        public void recordError(Throwable e) {}

        @Override
        public void end() {}

        @Override
        public void runInScope(Runnable task) {
            task.run();
        }
    };

    /**
     * Starts the span of the append of one like.
     *
     * @return a span that the caller has to end
     */
    RequestSpan startAppend();

    /**
     * Returns the headers of a record, by which consumers continue the trace.
     *
     * @return {@code traceparent}; empty if the request is not sampled
     */
    List<Header> headers();

    /**
     * Records an error.
     *
     * @param e error of the request or the like
     */
    void recordError(Throwable e);

    /** Ends the span. */
    void end();

    /**
     * Runs a task so that its log messages have the trace id.
     *
     * @param task runs on the calling thread
     */
    void runInScope(Runnable task);
}
