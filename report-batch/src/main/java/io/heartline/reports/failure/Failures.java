package io.heartline.reports.failure;

import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoInternalException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import org.apache.kafka.common.KafkaException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;

/** Why a run failed, as its reader is told: whose trouble it is, and what they say of it. */
public final class Failures {

    private Failures() {}

    /** Whether it is one that runs must expect, so that its text says enough. */
    public static boolean isExpected(Throwable e) {
        return e instanceof LogGapException || e instanceof StalledException || isKafkaError(e) || isMongoError(e);
    }

    public static String describe(Throwable e) {
        if (e instanceof LogGapException
                || e instanceof StalledException
                || e instanceof DifferentSettingsException
                || e instanceof HashSecretException) {
            return e.getMessage();
        }
        return isKafkaError(e)
                ? "Kafka: " + causeWithMessage(e).getMessage()
                : isMongoError(e) ? "MongoDB: " + causeWithMessage(e).getMessage() : e.toString();
    }

    /** Returns whether asking MongoDB again may help: it is away, or too few of its members have acknowledged a write. */
    public static boolean isTransient(RuntimeException e) {
        return isMongoUnavailable(e)
                || e instanceof TransientDataAccessException
                || e instanceof MongoWriteConcernException
                || e.getCause() instanceof MongoWriteConcernException;
    }

    public static boolean isMongoError(Throwable e) {
        return e instanceof DataAccessException || e instanceof MongoException;
    }

    /**
     * Whether MongoDB cannot be asked at the moment, rather than having refused something. What Spring makes of the driver's
     * exceptions tells for some of them only.
     */
    public static boolean isMongoUnavailable(Throwable e) {
        return e instanceof DataAccessResourceFailureException
                || isUnavailable(e)
                || e instanceof DataAccessException && isUnavailable(e.getCause());
    }

    /** Returns whether this instance does no runs for now, while others may. */
    public static boolean pausesInstance(Throwable e) {
        return isMongoUnavailable(e) || e instanceof DifferentSettingsException;
    }

    private static boolean isUnavailable(Throwable e) {
        return e instanceof MongoSocketException
                || e instanceof MongoTimeoutException
                || e instanceof MongoExecutionTimeoutException
                || e instanceof MongoInternalException // the driver's own failure when a connection is reset meanwhile
                || e instanceof MongoServerUnavailableException
                || e instanceof MongoConnectionPoolClearedException
                || e instanceof MongoNotPrimaryException
                || e instanceof MongoNodeIsRecoveringException;
    }

    private static boolean isKafkaError(Throwable e) {
        return e instanceof KafkaException;
    }

    // ours and Spring's say where it was, theirs what
    private static Throwable causeWithMessage(Throwable e) {
        return e.getCause() == null || e.getCause().getMessage() == null ? e : e.getCause();
    }
}
