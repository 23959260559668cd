package io.heartline.producer;

import java.util.List;
import org.apache.kafka.common.header.Header;

/** What is recorded of a request, or of one like of it. */
interface Trace {

    /** Of what is not recorded. */
    Trace NONE = new Trace() {

        @Override
        public Trace append() {
            return this;
        }

        @Override
        public List<Header> headers() {
            return List.of();
        }

        @Override
        public void failed(Throwable e) {}

        @Override
        public void end() {}

        @Override
        public void around(Runnable task) {
            task.run();
        }
    };

    /** One like's way into the log; to be ended. */
    Trace append();

    /** What whoever reads a record goes on with: {@code traceparent}. */
    List<Header> headers();

    void failed(Throwable e);

    void end();

    /** What the task logs is found by the trace's id. */
    void around(Runnable task);
}
