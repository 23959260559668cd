package io.heartline.gateway.http;

import io.heartline.events.Identifier;
import io.heartline.gateway.http.ClientMessage.Follow;
import io.heartline.gateway.http.ClientMessage.Token;
import io.heartline.gateway.http.ClientMessage.Unfollow;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.fanout.LikeStream;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.transport.MessageHandler;
import io.heartline.web.limit.ConcurrencyLimit.Permit;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** Answers the messages of one client: follow, unfollow and token. All others are ignored. Confined to the channel's event loop. */
final class StreamMessages implements MessageHandler {

    /** The answer to a message that has no effect. */
    static final CompletionStage<Void> ANSWERED = CompletableFuture.completedStage(null);

    private final LikeStream stream;
    private final @Nullable Permit follows;
    private final @Nullable ConnectionToken token;
    private final MessageRefusals refusals;
    private final GatewayMetrics metrics;
    private final Executor eventLoop;

    /**
     * Creates a handler of one client's messages.
     *
     * @param stream the client's stream
     * @param follows the permit of the stream's authors; null if authors cannot be added or removed
     * @param token the client's token; null in the mode {@code open}
     * @param refusals creates frames that refuse a message
     * @param metrics counts ignored messages
     * @param eventLoop the channel's event loop
     */
    StreamMessages(
            LikeStream stream,
            @Nullable Permit follows,
            @Nullable ConnectionToken token,
            MessageRefusals refusals,
            GatewayMetrics metrics,
            Executor eventLoop) {
        this.stream = stream;
        this.follows = follows;
        this.token = token;
        this.refusals = refusals;
        this.metrics = metrics;
        this.eventLoop = eventLoop;
    }

    @Override
    public CompletionStage<Void> handle(String text) {
        ClientMessage message = ClientMessage.parse(text);
        if (message instanceof Token renewal && token != null) {
            return stream.opened().thenCompose(opened -> renew(renewal, token));
        }
        if (message instanceof Follow follow && follows != null) {
            return stream.opened().thenCompose(opened -> follow(follow, follows));
        }
        if (message instanceof Unfollow unfollow && follows != null) {
            return stream.opened().thenCompose(opened -> unfollow(unfollow, follows));
        }
        metrics.ignored();
        return ANSWERED;
    }

    private CompletionStage<Void> follow(Follow message, Permit permit) {
        StartPoint start;
        try {
            start = checkedStart(message);
            permit.add();
        } catch (RuntimeException e) {
            return refuse(message.author(), e);
        }
        return start(message.author(), start)
                .handleAsync((followed, failure) -> failure, eventLoop)
                .thenCompose(failure -> {
                    if (failure == null) {
                        return ANSWERED;
                    }
                    permit.remove();
                    return refuse(message.author(), failure);
                });
    }

    private StartPoint checkedStart(Follow message) {
        String author = message.author();
        if (!Identifier.isValid(author)) {
            throw new InvalidParameterException("author", Identifier.RULE);
        }
        StartPoint start = StartParameters.ofOneAuthor(message.after(), message.since());
        if (token != null) {
            token.require(author);
        }
        if (stream.authors().contains(author)) {
            throw new InvalidParameterException("author", "must not be followed already");
        }
        if (stream.authors().size() >= LikesRequest.MAX_AUTHORS) {
            throw new InvalidParameterException(
                    "author",
                    "must not be added to a connection that follows " + LikesRequest.MAX_AUTHORS + " authors");
        }
        return start;
    }

    private CompletionStage<Void> start(String author, StartPoint start) {
        try {
            return stream.follow(author, start);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<Void> unfollow(Unfollow message, Permit permit) {
        CompletionStage<Void> written = stream.unfollow(message.author());
        if (written == null) {
            return refuse(message.author(), new InvalidParameterException("author", "must be followed"));
        }
        permit.remove();
        return written;
    }

    private CompletionStage<Void> renew(Token message, ConnectionToken current) {
        return current.check(message.token())
                .toFuture()
                .handleAsync(
                        (next, failure) -> failure == null ? accept(next, current) : refuse(null, failure), eventLoop)
                .thenCompose(answer -> answer);
    }

    private CompletionStage<Void> accept(JwtAuthenticationToken next, ConnectionToken current) {
        try {
            current.replace(next, stream.authors());
        } catch (RuntimeException e) {
            return refuse(null, e);
        }
        stream.extend(Callers.expiresIn(next, Instant.now()));
        return stream.answer(Frames.token(next.getToken().getExpiresAt()));
    }

    private CompletionStage<Void> refuse(@Nullable String author, Throwable reason) {
        return stream.answer(refusals.frame(author, reason));
    }
}
