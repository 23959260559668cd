package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.RecordReader;
import org.jspecify.annotations.Nullable;

/** A record without headers. */
record FakeRecord(long offset, long loggedAt, byte @Nullable [] key, byte[] value) {

    static final RecordReader<FakeRecord> READER = new RecordReader<>() {
        @Override
        public long offset(FakeRecord record) {
            return record.offset;
        }

        @Override
        public long loggedAt(FakeRecord record) {
            return record.loggedAt;
        }

        @Override
        public byte @Nullable [] key(FakeRecord record) {
            return record.key;
        }

        @Override
        public byte[] value(FakeRecord record) {
            return record.value;
        }

        @Override
        public byte @Nullable [] lastHeader(FakeRecord record, String name) {
            return null;
        }
    };
}
