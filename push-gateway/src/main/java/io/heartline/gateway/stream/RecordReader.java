package io.heartline.gateway.stream;

import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a record before it is decoded. So the core reads the records of Kafka's client, but knows none of its
 * classes, and no record is copied or wrapped. Thread-safe.
 *
 * @param <R> the class of records
 */
public interface RecordReader<R> {

    /**
     * Returns the offset of a record in its partition.
     *
     * @param record the record
     * @return an offset, not negative
     */
    long offset(R record);

    /**
     * Returns when Kafka took a record.
     *
     * @param record the record
     * @return milliseconds since 1970
     */
    long loggedAt(R record);

    /**
     * Returns the key of a record.
     *
     * @param record the record
     * @return bytes that do not change; null if the record has no key
     */
    byte @Nullable [] key(R record);

    /**
     * Returns the value of a record.
     *
     * @param record the record
     * @return bytes that do not change; null if the record has no value
     */
    byte @Nullable [] value(R record);

    /**
     * Returns the value of the last header with a name.
     *
     * @param record the record
     * @param name the header's name
     * @return bytes that do not change; null if the record has no such header, or the header has no value
     */
    byte @Nullable [] lastHeader(R record, String name);
}
