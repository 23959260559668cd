package io.heartline.reports.run;

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
import io.heartline.reports.DifferentSettingsException;
import io.heartline.reports.HashSecretException;
import org.apache.kafka.common.KafkaException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;

/** Why a run failed, as its reader is told: whose trouble it is, and what they say of it. */
public final class Trouble {

    private Trouble() {}

    /** Whether it is one that runs must expect, so that its text says enough. */
    static boolean isExpected(Throwable e) {
        return e instanceof LogGapException || e instanceof StalledException || isKafkas(e) || isMongos(e);
    }

    public static String text(Throwable e) {
        if (e instanceof LogGapException
                || e instanceof StalledException
                || e instanceof DifferentSettingsException
                || e instanceof HashSecretException) {
            return e.getMessage();
        }
        return isKafkas(e)
                ? "Kafka: " + cause(e).getMessage()
                : isMongos(e) ? "MongoDB: " + cause(e).getMessage() : e.toString();
    }

    /** Returns whether asking MongoDB again may help: it is away, or too few of its members have acknowledged a write. */
    public static boolean isPassing(RuntimeException e) {
        return isMongoAway(e)
                || e instanceof TransientDataAccessException
                || e instanceof MongoWriteConcernException
                || e.getCause() instanceof MongoWriteConcernException;
    }

    static boolean isMongos(Throwable e) {
        return e instanceof DataAccessException || e instanceof MongoException;
    }

    /**
     * Whether MongoDB cannot be asked at the moment, rather than having refused something. What Spring makes of the driver's
     * exceptions tells for some of them only.
     */
    static boolean isMongoAway(Throwable e) {
        return e instanceof DataAccessResourceFailureException
                || isAway(e)
                || e instanceof DataAccessException && isAway(e.getCause());
    }

    /** Returns whether this instance does no runs for now, while others may. */
    static boolean isForLater(Throwable e) {
        return isMongoAway(e) || e instanceof DifferentSettingsException;
    }

    private static boolean isAway(Throwable e) {
        return e instanceof MongoSocketException
                || e instanceof MongoTimeoutException
                || e instanceof MongoExecutionTimeoutException
                || e instanceof MongoInternalException // the driver's own failure when a connection is reset meanwhile
                || e instanceof MongoServerUnavailableException
                || e instanceof MongoConnectionPoolClearedException
                || e instanceof MongoNotPrimaryException
                || e instanceof MongoNodeIsRecoveringException;
    }

    private static boolean isKafkas(Throwable e) {
        return e instanceof KafkaException;
    }

    // ours and Spring's say where it was, theirs what
    private static Throwable cause(Throwable e) {
        return e.getCause() == null || e.getCause().getMessage() == null ? e : e.getCause();
    }
}
