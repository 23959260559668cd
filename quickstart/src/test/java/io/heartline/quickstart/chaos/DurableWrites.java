package io.heartline.quickstart.chaos;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/**
 * Makes the stand-in for MongoDB survive SIGKILL: each write is in the file before its answer. By itself, the stand-in writes its file
 * about once a second, so SIGKILL loses writes that were acknowledged. MongoDB loses none that a majority has acknowledged.
 */
final class DurableWrites {

    private static final Set<String> WRITES =
            Set.of("insert", "update", "delete", "findAndModify", "findandmodify", "createIndexes", "create", "drop");

    private DurableWrites() {}

    /** @param real writes one at a time, so that the file never has a part of a write */
    static MongoBackend wrap(MongoBackend real) {
        H2Backend file = (H2Backend) real;
        file.getMvStore().setAutoCommitDelay(0); // no commit in the middle of a write
        return (MongoBackend) Proxy.newProxyInstance(
                DurableWrites.class.getClassLoader(),
                new Class<?>[] {MongoBackend.class},
                (proxy, method, arguments) -> {
                    try {
                        if (arguments == null
                                || !(arguments[0] instanceof MongoMessage message)
                                || !WRITES.contains(message.getDocument()
                                        .keySet()
                                        .iterator()
                                        .next())) {
                            return method.invoke(real, arguments);
                        }
                        synchronized (file) {
                            Object answer = method.invoke(real, arguments);
                            file.commit();
                            return answer;
                        }
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
