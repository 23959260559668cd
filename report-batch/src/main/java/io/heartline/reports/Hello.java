package io.heartline.reports;

import com.mongodb.MongoCommandException;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/**
 * What the MongoDB server behind the client is.
 *
 * @param setName the replica set it is a member of; null if it is none, or if it routes to shards
 * @param isWritablePrimary whether it takes writes; also true of a standalone server and of a router
 * @param hasSessions whether clients may read and write in sessions
 */
public record Hello(@Nullable String setName, boolean isWritablePrimary, boolean hasSessions) {

    private static final int COMMAND_NOT_FOUND = 59;
    private static final String ROUTER = "isdbgrid";

    /** Returns what the server answers to {@code isMaster}, which old and compatible servers know, or to {@code hello}. */
    public static Mono<Hello> ask(ReactiveMongoTemplate mongo) {
        return mongo.executeCommand(new Document("isMaster", 1))
                .onErrorResume(Hello::isUnknown, e -> mongo.executeCommand(new Document("hello", 1)))
                .map(Hello::of);
    }

    private static boolean isUnknown(Throwable e) {
        return e instanceof MongoCommandException refused && refused.getErrorCode() == COMMAND_NOT_FOUND
                || e.getCause() != null && isUnknown(e.getCause());
    }

    static Hello of(Document answer) {
        String setName = answer.getString("setName");
        boolean isReplicated = setName != null || ROUTER.equals(answer.getString("msg"));
        return new Hello(
                setName,
                answer.getBoolean("isWritablePrimary", false) || answer.getBoolean("ismaster", false),
                isReplicated && answer.get("logicalSessionTimeoutMinutes") != null);
    }
}
