package io.heartline.reports.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcernResult;
import com.mongodb.bulk.WriteConcernError;
import io.heartline.reports.mongo.MongoOutageLogger;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.mongodb.core.MongoExceptionTranslator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.ErrorResponse;

/** The driver throws its own exceptions, and a template throws Spring's translations of them. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseErrorsTest {

    private static final ServerAddress SERVER = new ServerAddress();

    private static final List<MongoException> PASSING = List.of(
            new MongoTimeoutException("no server"),
            new MongoOperationTimeoutException("no answer"),
            new MongoWriteConcernException(
                    new WriteConcernError(64, "WriteConcernTimeout", "no majority", new BsonDocument()),
                    WriteConcernResult.acknowledged(1, true, null),
                    SERVER,
                    Set.of()));

    private static final List<MongoException> REFUSALS = List.of(
            new MongoCommandException(
                    BsonDocument.parse("{ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized on x'}"),
                    SERVER),
            new MongoSecurityException(
                    MongoCredential.createCredential("user", "admin", new char[0]), "wrong password"),
            new MongoException(2, "bad value"));

    private final DatabaseErrors errors = new DatabaseErrors(new MongoOutageLogger(InstantSource.system()));
    private final MockServerWebExchange exchange =
            MockServerWebExchange.from(MockServerHttpRequest.get("/v1/reports/current"));

    @ParameterizedTest
    @FieldSource("PASSING")
    void transientError_is503_withRetryAfter(MongoException e, CapturedOutput log) {
        for (RuntimeException seen : List.of(e, translated(e))) {
            ErrorResponse answer = errors.toErrorResponse(seen, exchange);

            assertThat(answer.getStatusCode().value()).isEqualTo(503);
            assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("5");
            assertThat(answer.getBody().getDetail()).contains("does not answer: ask again");
        }
        assertThat(log.getAll()).contains("WARN").doesNotContain("ERROR");
    }

    @ParameterizedTest
    @FieldSource("REFUSALS")
    void permanentError_is500_withoutTheReason_whichIsLogged(MongoException e, CapturedOutput log) {
        for (RuntimeException seen : List.of(e, translated(e))) {
            ErrorResponse answer = errors.toErrorResponse(seen, exchange);

            assertThat(answer.getStatusCode().value()).isEqualTo(500);
            assertThat(answer.getHeaders().containsHeader("Retry-After")).isFalse();
            assertThat(answer.getBody().getDetail()).contains("refused").doesNotContain(e.getMessage());
        }
        assertThat(log.getAll()).contains("ERROR").contains(e.getMessage());
    }

    private static RuntimeException translated(MongoException e) {
        return new MongoExceptionTranslator().translateExceptionIfPossible(e);
    }
}
