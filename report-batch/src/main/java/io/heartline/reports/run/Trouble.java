package io.heartline.reports.run;

import com.mongodb.MongoException;
import org.apache.kafka.common.KafkaException;
import org.springframework.dao.DataAccessException;

/** Why a run failed, as its reader is told: whose trouble it is, and what they say of it. */
public final class Trouble {

    private Trouble() {}

    /** Whether it is one that runs must expect, so that its text says enough. */
    static boolean isExpected(RuntimeException e) {
        return e instanceof LogGapException || e instanceof StalledException || isKafkas(e) || isMongos(e);
    }

    public static String text(Exception e) {
        if (e instanceof LogGapException || e instanceof StalledException) {
            return e.getMessage();
        }
        return isKafkas(e)
                ? "Kafka: " + cause(e).getMessage()
                : isMongos(e) ? "MongoDB: " + cause(e).getMessage() : e.toString();
    }

    static boolean isMongos(Exception e) {
        return e instanceof DataAccessException || e instanceof MongoException;
    }

    private static boolean isKafkas(Exception e) {
        return e instanceof KafkaException;
    }

    // ours and Spring's say where it was, theirs what
    private static Throwable cause(Exception e) {
        return e.getCause() == null || e.getCause().getMessage() == null ? e : e.getCause();
    }
}
