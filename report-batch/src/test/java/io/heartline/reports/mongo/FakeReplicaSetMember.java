package io.heartline.reports.mongo;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A server that claims to be a member of a replica set, so that a test can check the commands that a client sends. It has no
 * sessions and does not replicate.
 */
public final class FakeReplicaSetMember {

    /** The name of the replica set. */
    public static final String SET = "rs-of-one";

    private final BooleanSupplier isPrimary;
    private final AtomicInteger time = new AtomicInteger();

    private FakeReplicaSetMember(BooleanSupplier isPrimary) {
        this.isPrimary = isPrimary;
    }

    /**
     * Returns a member that is always the primary.
     *
     * @param standalone executes the commands
     * @return the member
     */
    public static MongoBackend primary(MongoBackend standalone) {
        return member(standalone, () -> true);
    }

    /**
     * Returns a member that is the primary or a secondary.
     *
     * @param standalone executes the commands
     * @param isPrimary called for each answer that states the role of the member
     * @return the member
     */
    public static MongoBackend member(MongoBackend standalone, BooleanSupplier isPrimary) {
        FakeReplicaSetMember member = new FakeReplicaSetMember(isPrimary);
        return (MongoBackend) Proxy.newProxyInstance(
                MongoBackend.class.getClassLoader(), new Class<?>[] {MongoBackend.class}, (proxy, method, given) -> {
                    try {
                        Object answer = method.invoke(standalone, given);
                        return answer instanceof Document document ? member.asMember(document) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Document asMember(Document answer) {
        answer.put("operationTime", new BsonTimestamp(Instant.ofEpochSecond(1_000_000 + time.incrementAndGet()), 1));
        return answer.containsKey("ismaster")
                ? answer.append("setName", SET)
                        .append("ismaster", isPrimary.getAsBoolean())
                        .append("secondary", !isPrimary.getAsBoolean())
                        .append("logicalSessionTimeoutMinutes", 30)
                : answer;
    }
}
