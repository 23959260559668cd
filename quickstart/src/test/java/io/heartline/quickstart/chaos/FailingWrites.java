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
 * What a database in trouble answers to writes of reports and of progress, as it comes: an error, with nothing written; yes, but
 * not by a majority, with everything written; and yes.
 */
final class FailingWrites {

    static final String BREAK = "break";
    static final String RESTORE = "mend";

    private static final Set<String> COLLECTIONS = Set.of("weeklyReports", "progress");
    private static final String WRITE =
            "update"; // and not findAndModify, by which leases are taken: no run would get further
    private static final int INTERRUPTED = 11601;
    private static final int WRITE_CONCERN_TIMEOUT = 64;

    private final Random random = new Random(7); // in no order, or the same step would fail every time
    private final AtomicInteger writes = new AtomicInteger();
    private volatile boolean isBroken;

    void handleCommand(String line) {
        isBroken = line.equals(BREAK);
        System.out.println(line + ": " + writes.get() + " writes while broken so far");
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
