package io.heartline.reports.mongo.server;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives the in-process database the faults of {@link FailCommand}, and a step-down: for two seconds it refuses all commands as a
 * secondary refuses writes. It has no other members, loses no write, and adds no error labels.
 */
final class FaultyMongoBackend {

    private static final Set<String> WITHOUT_FAULTS = Set.of("hello", "isMaster", "ismaster", "ping", "endSessions");
    private static final Duration STEP_DOWN = Duration.ofSeconds(2);

    private @Nullable Fault fault;
    private long primaryAgainNanos = System.nanoTime();

    /** @param remaining the number of commands that have the fault; null for all */
    private record Fault(org.bson.Document data, @Nullable Integer remaining) {

        boolean matches(Document command, String database) {
            String name = command.keySet().iterator().next();
            String namespace = data.getString("namespace");
            return data.getList("failCommands", String.class).contains(name)
                    && (namespace == null || namespace.equals(database + "." + command.get(name)));
        }
    }

    /** @param answer given instead of the execution; null if the command is executed */
    private record Outcome(
            @Nullable Document answer, @Nullable Document writeConcernError) {

        static final Outcome EXECUTED = new Outcome(null, null);

        static Outcome error(int code, String name) {
            Document answer = new Document("ok", 0)
                    .append("code", code)
                    .append("codeName", name)
                    .append("errmsg", "injected " + name);
            return new Outcome(answer, null);
        }
    }

    MongoBackend wrap(MongoBackend real) {
        return (MongoBackend) Proxy.newProxyInstance(
                FaultyMongoBackend.class.getClassLoader(),
                new Class<?>[] {MongoBackend.class},
                (proxy, method, given) -> {
                    Outcome outcome = given != null && given[0] instanceof MongoMessage message
                            ? next(message)
                            : Outcome.EXECUTED;
                    if (outcome.answer() != null) {
                        return outcome.answer();
                    }
                    try {
                        Object answer = method.invoke(real, given);
                        return outcome.writeConcernError() == null
                                ? answer
                                : ((Document) answer).append("writeConcernError", outcome.writeConcernError());
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Executes {@code configureFailPoint} or {@code replSetStepDown}. */
    synchronized void execute(org.bson.Document command) {
        if (command.containsKey("replSetStepDown")) {
            primaryAgainNanos = System.nanoTime() + STEP_DOWN.toNanos();
        } else if (command.get("mode").equals("off")) {
            fault = null;
        } else {
            fault = new Fault(
                    command.get("data", org.bson.Document.class),
                    command.get("mode") instanceof org.bson.Document times ? times.getInteger("times") : null);
        }
        notifyAll();
    }

    private synchronized Outcome next(MongoMessage message) throws InterruptedException {
        Document command = message.getDocument();
        if (WITHOUT_FAULTS.contains(command.keySet().iterator().next())) {
            return Outcome.EXECUTED;
        }
        if (System.nanoTime() - primaryAgainNanos < 0) {
            return Outcome.error(FailCommand.NOT_WRITABLE_PRIMARY, "NotWritablePrimary");
        }
        Fault active = fault;
        if (active == null || !active.matches(command, message.getDatabaseName())) {
            return Outcome.EXECUTED;
        }
        if (active.remaining() != null) {
            fault = active.remaining() == 1 ? null : new Fault(active.data(), active.remaining() - 1);
        }
        delay(active);
        org.bson.Document data = active.data();
        if (data.getBoolean("closeConnection", false)) {
            message.getChannel().close();
            return Outcome.error(0, "a response on a closed connection");
        }
        if (data.get("errorCode") != null) {
            return Outcome.error(data.getInteger("errorCode"), "failCommand");
        }
        org.bson.Document error = data.get("writeConcernError", org.bson.Document.class);
        return new Outcome(null, error == null ? null : new Document(error));
    }

    private void delay(Fault delayed) throws InterruptedException {
        long end = System.nanoTime()
                + Duration.ofMillis(delayed.data().getInteger("blockTimeMS", 0)).toNanos();
        // a limited number of delays lasts, and the others end with the fault
        while (System.nanoTime() < end && (delayed.remaining() != null || fault == delayed)) {
            wait(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
        }
    }
}
