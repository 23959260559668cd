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

/** Classifies exceptions: whether a retry can help, and which text an operator reads. */
public final class Failures {

    private Failures() {}

    /**
     * {@return whether runs have to expect the exception, so that its text is enough and a stack trace is not logged}
     *
     * @param e the exception that has ended a run or a command
     */
    public static boolean isExpected(Throwable e) {
        return e instanceof LogGapException || e instanceof StalledException || isKafkaError(e) || isMongoError(e);
    }

    /**
     * {@return the text that an operator reads, which names Kafka or MongoDB if the error is theirs}
     *
     * @param e the exception that has ended a run, a command or a request
     */
    public static String describe(Throwable e) {
        if (isKafkaError(e)) {
            return "Kafka: " + causeWithMessage(e).getMessage();
        }
        if (isMongoError(e)) {
            return "MongoDB: " + causeWithMessage(e).getMessage();
        }
        return isDescribed(e) ? e.getMessage() : e.toString();
    }

    /**
     * {@return whether {@link #describe} has a text for the exception that an operator understands}
     *
     * @param e the exception that has ended a command
     */
    public static boolean isDescribed(Throwable e) {
        return isExpected(e) || e instanceof DifferentSettingsException || e instanceof HashSecretException;
    }

    /**
     * {@return whether a retry may help: MongoDB is unavailable, or too few of its members have acknowledged a write}
     *
     * @param e the exception of an operation on MongoDB, of the driver or of Spring
     */
    public static boolean isTransient(RuntimeException e) {
        return isMongoUnavailable(e)
                || e instanceof TransientDataAccessException
                || e instanceof MongoWriteConcernException
                || e.getCause() instanceof MongoWriteConcernException;
    }

    /**
     * {@return whether MongoDB or its driver has caused the exception}
     *
     * @param e any exception; its cause is not examined
     */
    public static boolean isMongoError(Throwable e) {
        return e instanceof DataAccessException || e instanceof MongoException;
    }

    /**
     * {@return whether MongoDB is unavailable at this time, in contrast to an operation that it has refused} Spring has
     * exceptions of its own for only some of the driver's.
     *
     * @param e any exception; the cause is examined if Spring has wrapped it
     */
    public static boolean isMongoUnavailable(Throwable e) {
        return e instanceof DataAccessResourceFailureException
                || isUnavailable(e)
                || e instanceof DataAccessException && isUnavailable(e.getCause());
    }

    /**
     * {@return whether this instance pauses its runs, while other instances may continue}
     *
     * @param e the exception that has ended an attempt at a run
     */
    public static boolean pausesInstance(Throwable e) {
        return isMongoUnavailable(e) || e instanceof DifferentSettingsException;
    }

    private static boolean isUnavailable(Throwable e) {
        return e instanceof MongoSocketException
                || e instanceof MongoTimeoutException
                || e instanceof MongoExecutionTimeoutException
                || e
                        instanceof
                        MongoInternalException // the driver throws it when a connection is reset during an operation
                || e instanceof MongoServerUnavailableException
                || e instanceof MongoConnectionPoolClearedException
                || e instanceof MongoNotPrimaryException
                || e instanceof MongoNodeIsRecoveringException;
    }

    private static boolean isKafkaError(Throwable e) {
        return e instanceof KafkaException;
    }

    // the cause is an exception of Kafka or MongoDB, whose message has the reason
    private static Throwable causeWithMessage(Throwable e) {
        return e.getCause() == null || e.getCause().getMessage() == null ? e : e.getCause();
    }
}
