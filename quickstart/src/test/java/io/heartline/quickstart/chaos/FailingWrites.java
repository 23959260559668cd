package io.heartline.quickstart.chaos;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes writes of reports and of progress fail at random while the database is broken. A write has one of three outcomes: an
 * error, and nothing is written; an error of the write concern, although everything is written; or success.
 */
final class FailingWrites {

    static final String BREAK = "break";
    static final String RESTORE = "restore";

    private static final Set<String> COLLECTIONS = Set.of("weeklyReports", "progress");
    // leases are acquired by findAndModify, which never fails, because otherwise no run would start
    private static final String WRITE = "update";
    private static final int INTERRUPTED = 11601;
    private static final int WRITE_CONCERN_TIMEOUT = 64;

    private final Random random = new Random(7); // a fixed sequence of outcomes, in no regular order
    private final AtomicInteger writes = new AtomicInteger();
    private volatile boolean isBroken;

    void handleCommand(String line) {
        isBroken = line.equals(BREAK);
        System.out.println(line + ": " + writes.get() + " writes in the broken state so far");
    }

    MongoBackend wrap(MongoBackend real) {
        return (MongoBackend) Proxy.newProxyInstance(
                FailingWrites.class.getClassLoader(),
                new Class<?>[] {MongoBackend.class},
                (proxy, method, arguments) -> {
                    boolean mayFail = isBroken
                            && arguments != null
                            && arguments[0] instanceof MongoMessage message
                            && isWrite(message.getDocument());
                    int outcome = mayFail ? random.nextInt(3) : 2;
                    if (mayFail) {
                        writes.incrementAndGet();
                    }
                    if (outcome == 0) {
                        throw new MongoServerError(INTERRUPTED, "Interrupted", "operation was interrupted");
                    }
                    try {
                        Object response = method.invoke(real, arguments);
                        return outcome == 1 ? withoutMajority((Document) response) : response;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static boolean isWrite(Document command) {
        return WRITE.equals(command.keySet().iterator().next()) && COLLECTIONS.contains(command.get(WRITE));
    }

    private static Document withoutMajority(Document response) {
        return response.append(
                "writeConcernError",
                new Document("code", WRITE_CONCERN_TIMEOUT)
                        .append("codeName", "WriteConcernFailed")
                        .append("errmsg", "waiting for replication timed out"));
    }
}
