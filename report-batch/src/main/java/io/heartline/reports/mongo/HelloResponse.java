package io.heartline.reports.mongo;

import com.mongodb.MongoCommandException;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/**
 * The kind of MongoDB server that the client is connected to.
 *
 * @param setName the replica set that the server is a member of; null if it is a standalone server or a router
 * @param isWritablePrimary whether it takes writes; also true of a standalone server and of a router
 * @param hasSessions whether clients may read and write in sessions
 */
public record HelloResponse(@Nullable String setName, boolean isWritablePrimary, boolean hasSessions) {

    private static final int COMMAND_NOT_FOUND = 59;
    private static final String ROUTER_MESSAGE = "isdbgrid";

    /**
     * Asks the server with {@code isMaster}, which old and compatible servers know, or with {@code hello}.
     *
     * @param mongo the template whose database receives the command
     * @return the kind of the server; fails with MongoDB's exception if it does not answer
     */
    public static Mono<HelloResponse> fetch(ReactiveMongoTemplate mongo) {
        return mongo.executeCommand(new Document("isMaster", 1))
                .onErrorResume(HelloResponse::isUnknownCommand, e -> mongo.executeCommand(new Document("hello", 1)))
                .map(HelloResponse::of);
    }

    private static boolean isUnknownCommand(Throwable e) {
        return e instanceof MongoCommandException refused && refused.getErrorCode() == COMMAND_NOT_FOUND
                || e.getCause() != null && isUnknownCommand(e.getCause());
    }

    static HelloResponse of(Document response) {
        String setName = response.getString("setName");
        boolean isReplicated = setName != null || ROUTER_MESSAGE.equals(response.getString("msg"));
        return new HelloResponse(
                setName,
                response.getBoolean("isWritablePrimary", false) || response.getBoolean("ismaster", false),
                isReplicated && response.get("logicalSessionTimeoutMinutes") != null);
    }
}
