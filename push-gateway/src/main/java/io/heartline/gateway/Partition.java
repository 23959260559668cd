package io.heartline.gateway;

import io.heartline.events.LikeEventJson;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.reactivestreams.Subscriber;

/**
 * One partition as this instance sees it: how far it has read, and the authors in it that somebody follows. Where a reader
 * starts and what has been read by then is decided under one lock: that is the seam between before and live.
 */
final class Partition {

    private final String epoch;
    private final int number;
    private final int ringSize;
    private final GatewayMetrics metrics;
    private final Map<String, AuthorStream> followed = new HashMap<>();
    private long next;

    /** @param next the first offset it will be given */
    Partition(String epoch, int number, long next, int ringSize, GatewayMetrics metrics) {
        this.epoch = epoch;
        this.number = number;
        this.next = next;
        this.ringSize = ringSize;
        this.metrics = metrics;
    }

    /** Starts a connection at the partition's present position, which its {@code hello} names. */
    void follow(String authorId, Subscriber<? super Frame> socket) {
        Connection connection;
        synchronized (this) {
            AuthorStream stream = followed.computeIfAbsent(authorId, author -> new AuthorStream(ringSize));
            Frame hello = Frame.hello(new Position(epoch, number, next - 1), false);
            Connection[] self = new Connection[1];
            connection = new Connection(
                    hello, stream.ring, stream.ring.head(), socket, () -> unfollow(authorId, stream, self[0]));
            self[0] = connection;
            stream.add(connection);
        }
        metrics.opened();
        connection.start();
    }

    private void unfollow(String authorId, AuthorStream stream, Connection connection) {
        synchronized (this) {
            if (!stream.contains(connection)) {
                return; // ended twice: by us, then by its socket
            }
            if (stream.remove(connection)) {
                followed.remove(authorId, stream);
            }
        }
        metrics.closed();
    }

    /**
     * Takes what was read and passes it on to whoever follows its authors.
     *
     * @param end the first offset behind these records
     */
    void accept(List<ConsumerRecord<byte[], byte[]>> records, long end) {
        Set<AuthorStream> touched = new HashSet<>();
        Connection[][] readers;
        synchronized (this) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                accept(record, touched);
            }
            next = end;
            readers = touched.stream().map(AuthorStream::connections).toArray(Connection[][]::new);
        }
        for (Connection[] connections : readers) {
            for (Connection connection : connections) {
                connection.drain();
            }
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record, Set<AuthorStream> touched) {
        AuthorStream stream =
                record.key() == null ? null : followed.get(new String(record.key(), StandardCharsets.UTF_8));
        if (stream == null) {
            metrics.unfollowed();
            return;
        }
        try {
            LikeEventJson.decode(record.key(), record.value());
        } catch (NotALikeEventException e) {
            metrics.unreadable();
            return;
        }
        metrics.followed();
        stream.ring.append(Frame.like(
                new Position(epoch, number, record.offset()),
                Instant.ofEpochMilli(record.timestamp()),
                record.value()));
        touched.add(stream);
    }

    /** Ends every connection: what comes next belongs to another log, or cannot be read. */
    void fail(Throwable why) {
        Connection[][] readers;
        synchronized (this) {
            readers = followed.values().stream().map(AuthorStream::connections).toArray(Connection[][]::new);
        }
        for (Connection[] connections : readers) {
            for (Connection connection : connections) {
                connection.fail(why);
            }
        }
    }
}
