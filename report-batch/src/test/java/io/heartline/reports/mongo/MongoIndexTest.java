package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.mongodb.core.MongoExceptionTranslator;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(OutputCaptureExtension.class)
class MongoIndexTest {

    private final AtomicInteger attempts = new AtomicInteger();

    /** This occurs after an upgrade, because the previous release used the same key under a name without a version. */
    @Test
    void sameKeyUnderAnotherName_isUsedInstead_withoutAWarning(CapturedOutput log) {
        StepVerifier.create(settled(refusal(85, "Index already exists with a different name: ranking")))
                .verifyComplete();

        assertThat(attempts).hasValue(1);
        assertThat(log.getAll()).doesNotContain("ERROR", "WARN");
    }

    @Test
    void sameNameWithAnotherKey_logsAnError_andIsNotRetried(CapturedOutput log) {
        StepVerifier.create(settled(refusal(86, "An existing index has the same name as the requested index")))
                .verifyComplete();

        assertThat(attempts).hasValue(1);
        assertThat(log.getAll()).contains("ERROR", "index ranking-1 of weeklyReports", "drop it");
    }

    @Test
    void mongoDown_isRetried(CapturedOutput log) {
        Mono<String> creation = Mono.defer(() -> attempts.incrementAndGet() < 4
                ? Mono.error(new MongoTimeoutException("no server"))
                : Mono.just("ranking-1"));

        StepVerifier.withVirtualTime(() -> MongoIndex.retryUntilCreated(creation, "ranking-1", "weeklyReports"))
                .thenAwait(Duration.ofMinutes(3))
                .expectNext("ranking-1")
                .verifyComplete();
        assertThat(log.getAll()).contains("WARN").doesNotContain("ERROR");
    }

    private Mono<String> settled(RuntimeException refusal) {
        Mono<String> creation = Mono.defer(() -> {
            attempts.incrementAndGet();
            return Mono.error(refusal);
        });
        return MongoIndex.retryUntilCreated(creation, "ranking-1", "weeklyReports");
    }

    private static RuntimeException refusal(int code, String message) {
        BsonDocument answer = new BsonDocument("ok", new BsonInt32(0))
                .append("code", new BsonInt32(code))
                .append("errmsg", new BsonString(message));
        return new MongoExceptionTranslator()
                .translateExceptionIfPossible(new MongoCommandException(answer, new ServerAddress()));
    }
}
