package io.heartline.producer.trace;

import java.util.List;
import org.apache.kafka.common.header.Header;

/** What is recorded of a request, or of one like of it. */
public interface RequestSpan {

    /** Of what is not recorded. */
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

    /** One like's way into the log; to be ended. */
    RequestSpan startAppend();

    /** What whoever reads a record goes on with: {@code traceparent}. */
    List<Header> headers();

    void recordError(Throwable e);

    void end();

    /** What the task logs is found by the trace's id. */
    void runInScope(Runnable task);
}
