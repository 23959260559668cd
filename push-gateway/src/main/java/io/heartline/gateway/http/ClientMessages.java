package io.heartline.gateway.http;

import io.heartline.gateway.stream.fanout.LikeStream;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.transport.MessageHandler;
import io.heartline.web.limit.ConcurrencyLimit.Permit;
import io.heartline.web.security.AuthorAccess;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Component;

/** Creates the handler of each client's messages. */
@Component
class ClientMessages {

    private final ObjectProvider<ReactiveAuthenticationManager> tokens; // none in the mode open
    private final AuthorAccess access;
    private final MessageRefusals refusals;
    private final GatewayMetrics metrics;
    private final MessageHandler ignoring; // shared, because most clients can send nothing that has an effect

    ClientMessages(
            ObjectProvider<ReactiveAuthenticationManager> tokens,
            AuthorAccess access,
            MessageRefusals refusals,
            GatewayMetrics metrics) {
        this.tokens = tokens;
        this.access = access;
        this.refusals = refusals;
        this.metrics = metrics;
        this.ignoring = message -> {
            metrics.ignored();
            return StreamMessages.ANSWERED;
        };
    }

    /**
     * Returns a handler.
     *
     * @param stream the client's stream
     * @param request the request that opens it; of one author, it cannot follow others
     * @param follows the permit of its authors
     * @param token the token of the handshake; null in the mode {@code open}
     * @param eventLoop the channel's event loop
     */
    MessageHandler handler(
            LikeStream stream,
            LikesRequest request,
            Permit follows,
            @Nullable Authentication token,
            Executor eventLoop) {
        if (!request.followRequest().namesAuthors() && !(token instanceof JwtAuthenticationToken)) {
            return ignoring;
        }
        return new StreamMessages(
                stream,
                request.followRequest().namesAuthors() ? follows : null,
                token instanceof JwtAuthenticationToken jwt
                        ? new ConnectionToken(
                                tokens.getObject(),
                                access,
                                jwt,
                                request.followRequest().namesAuthors())
                        : null,
                refusals,
                metrics,
                eventLoop);
    }
}
