package io.heartline.producer.kafka;

import org.apache.kafka.common.KafkaException;

/** Kafka's client has no memory for another like, because too many likes wait for Kafka. */
public final class BufferFullException extends KafkaException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception without a stack trace. */
    public BufferFullException() {
        super("the buffer of Kafka's producer is full");
    }

    /** Leaves out the stack trace, because there are many of these exceptions under overload. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
