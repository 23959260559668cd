package io.heartline.reports.read;

import com.mongodb.ClientSessionOptions;
import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.mongo.HelloResponse;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.ReactiveMongoDatabaseFactory;
import reactor.core.publisher.Mono;

/**
 * Reads in causal order: each read sees at least the state that the previous read saw. A single server guarantees this.
 * A replica set can have a failover between two reads, and the new primary may lack writes that the old one returned.
 * So with a replica set, the reads share a causally consistent session.
 */
public final class CausalReads {

    private static final ClientSessionOptions CAUSAL =
            ClientSessionOptions.builder().causallyConsistent(true).build();

    private final Mono<Boolean> hasSessions;
    private final ReactiveMongoDatabaseFactory sessions;

    /**
     * Creates reads for one database.
     *
     * @param hello reads MongoDB's hello response; it is read until it succeeds once
     * @param sessions creates the sessions
     */
    public CausalReads(Mono<HelloResponse> hello, ReactiveMongoDatabaseFactory sessions) {
        this.hasSessions =
                hello.map(HelloResponse::hasSessions).cacheInvalidateIf(answer -> false); // errors are not cached
        this.sessions = sessions;
    }

    /**
     * A time by MongoDB's clock.
     *
     * @param operation the time of the latest read of a session
     * @param cluster the signed time of the cluster, without which MongoDB does not accept the other
     */
    record Time(BsonTimestamp operation, @Nullable BsonDocument cluster) {

        /** Returns the time of the latest read of a session; null without a session, or before its first read. */
        static @Nullable Time of(@Nullable ClientSession session) {
            return session == null || session.getOperationTime() == null
                    ? null
                    : new Time(session.getOperationTime(), session.getClusterTime());
        }

        private void advance(ClientSession session) {
            session.advanceOperationTime(operation);
            session.advanceClusterTime(cluster);
        }
    }

    /**
     * Executes reads that see at least the state of an earlier read of any session.
     *
     * @param time the time of the earlier read; null if MongoDB has no sessions
     * @param reads get the session; null if MongoDB has no sessions
     */
    <T> Mono<T> after(@Nullable Time time, Function<@Nullable ClientSession, Mono<T>> reads) {
        if (time == null) {
            return Mono.defer(() -> reads.apply(null));
        }
        return inSession(session -> {
            if (session != null) {
                time.advance(session);
            }
            return reads.apply(session);
        });
    }

    /**
     * Executes reads in one session.
     *
     * @param reads get the session; null if MongoDB has no sessions
     */
    <T> Mono<T> inSession(Function<@Nullable ClientSession, Mono<T>> reads) {
        return hasSessions.flatMap(isSupported -> isSupported
                ? Mono.usingWhen(sessions.getSession(CAUSAL), reads, session -> Mono.fromRunnable(session::close))
                : reads.apply(null));
    }
}
