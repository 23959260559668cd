package io.heartline.reports.read;

import com.mongodb.ClientSessionOptions;
import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.mongo.HelloResponse;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.ReactiveMongoDatabaseFactory;
import reactor.core.publisher.Mono;

/**
 * Reads of which each sees at least what the one before it saw. On one server that is so by itself. On a replica set a failover
 * may come between two reads, and the new primary may not have yet what the old one showed; so there they share a causally
 * consistent session.
 */
public final class CausalReads {

    private static final ClientSessionOptions CAUSAL =
            ClientSessionOptions.builder().causallyConsistent(true).build();

    private final Mono<Boolean> hasSessions;
    private final ReactiveMongoDatabaseFactory sessions;

    /** @param hello asked until it is answered once */
    public CausalReads(Mono<HelloResponse> hello, ReactiveMongoDatabaseFactory sessions) {
        this.hasSessions =
                hello.map(HelloResponse::hasSessions).cacheInvalidateIf(answer -> false); // errors are not kept
        this.sessions = sessions;
    }

    /** @param reads is given the session of all of them; null where there are no sessions */
    <T> Mono<T> inSession(Function<@Nullable ClientSession, Mono<T>> reads) {
        return hasSessions.flatMap(isSupported -> isSupported
                ? Mono.usingWhen(sessions.getSession(CAUSAL), reads, session -> Mono.fromRunnable(session::close))
                : reads.apply(null));
    }
}
