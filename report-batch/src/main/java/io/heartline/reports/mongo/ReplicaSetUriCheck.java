package io.heartline.reports.mongo;

import com.mongodb.ConnectionString;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.retry.Retry;

/**
 * Reports a URI that names one host of a replica set and not the set. The driver then stays with that host. After a failover it
 * is a secondary: no run can write, and readers get its older figures without an error.
 */
final class ReplicaSetUriCheck implements ApplicationListener<ApplicationReadyEvent>, DisposableBean {

    private static final Logger logger = LoggerFactory.getLogger(ReplicaSetUriCheck.class);
    private static final Duration MIN_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(1);

    private final ConnectionString uri;
    private final ReactiveMongoTemplate mongo;
    private final Disposable.Swap check = Disposables.swap();

    ReplicaSetUriCheck(ConnectionString uri, ReactiveMongoTemplate mongo) {
        this.uri = uri;
        this.mongo = mongo;
    }

    /**
     * Returns what is wrong with the URI and how to correct it.
     *
     * @return null if the client knows the whole replica set, if there is none, or if the URI asks for a direct connection
     */
    static @Nullable String problem(ConnectionString uri, HelloResponse hello) {
        boolean isSingle = uri.getHosts().size() == 1
                && !uri.isSrvProtocol()
                && uri.getRequiredReplicaSetName() == null
                && uri.isDirectConnection() == null;
        if (!isSingle || hello.setName() == null) {
            return null;
        }
        return "spring.mongodb.uri names one member of the replica set " + hello.setName()
                + ", and the client stays with it after a failover: add replicaSet=" + hello.setName()
                + ", or directConnection=true if that is wanted";
    }

    /** Does not wait: the service starts without MongoDB, too. */
    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        check.update(HelloResponse.fetch(mongo)
                .retryWhen(Retry.backoff(Long.MAX_VALUE, MIN_BACKOFF).maxBackoff(MAX_BACKOFF))
                .subscribe(this::report));
    }

    private void report(HelloResponse hello) {
        String problem = problem(uri, hello);
        if (problem != null) {
            logger.error(problem);
        }
    }

    @Override
    public void destroy() {
        check.dispose();
    }
}
