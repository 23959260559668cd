package io.heartline.reports.failure;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoInternalException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ServerId;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.data.mongodb.core.MongoExceptionTranslator;

/** The driver throws its own exceptions, and a template throws Spring's translations of them. */
class FailuresTest {

    private static final ServerAddress SERVER = new ServerAddress();

    private static final List<MongoException> AWAY = List.of(
            new MongoTimeoutException("no server"),
            new MongoOperationTimeoutException("no answer"),
            new MongoExecutionTimeoutException(50, "the server gave up"),
            new MongoInternalException("Unexpected exception"),
            new MongoSocketReadTimeoutException("no answer", SERVER, new RuntimeException()),
            new MongoConnectionPoolClearedException(new ServerId(new ClusterId(), SERVER), null),
            new MongoNotPrimaryException(new BsonDocument(), SERVER),
            new MongoNodeIsRecoveringException(new BsonDocument(), SERVER));

    private static final List<MongoException> REFUSED =
            List.of(new MongoCommandException(new BsonDocument(), SERVER), new MongoException("some other"));

    @ParameterizedTest
    @FieldSource("AWAY")
    void mongoUnavailable_isRecognized_forDriverAndTranslatedExceptions(MongoException e) {
        assertThat(Failures.isMongoUnavailable(e)).isTrue();
        assertThat(Failures.isMongoUnavailable(translated(e))).isTrue();
    }

    @ParameterizedTest
    @FieldSource("REFUSED")
    void rejectedOperation_isNotUnavailability(MongoException e) {
        assertThat(Failures.isMongoUnavailable(e)).isFalse();
        assertThat(Failures.isMongoUnavailable(translated(e))).isFalse();
    }

    private static RuntimeException translated(MongoException e) {
        return new MongoExceptionTranslator().translateExceptionIfPossible(e);
    }
}
