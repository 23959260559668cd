package io.heartline.gateway.http;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.gateway.http.ClientMessage.Follow;
import io.heartline.gateway.http.ClientMessage.Token;
import io.heartline.gateway.http.ClientMessage.Unfollow;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The text of a message is either a message with its fields, or it is ignored. A start is within its limits, or it is refused. */
public final class ClientMessageFuzz {

    private ClientMessageFuzz() {}

    /**
     * Reads a message.
     *
     * @param input the text of a WebSocket message
     */
    public static void fuzzerTestOneInput(byte[] input) {
        ClientMessage message = ClientMessage.parse(new String(input, StandardCharsets.UTF_8));
        if (message == null) {
            return;
        }
        require(message.equals(ClientMessage.parse(text(message))), "the text of a message parses to the same message");
        if (message instanceof Follow follow) {
            requireStart(follow);
        }
        if (message instanceof Token token) {
            require(
                    token.token().isEmpty()
                            || !token.toString().contains(token.token())
                            || "Token".contains(token.token()),
                    "a token is not logged");
        }
    }

    private static void requireStart(Follow follow) {
        StartPoint start;
        try {
            start = StartParameters.ofOneAuthor(follow.after(), follow.since());
        } catch (InvalidParameterException e) {
            require(List.of("after", "since").contains(e.parameter()), "the error names a field");
            return;
        }
        require(start.after() == null || start.after().positions().size() == 1, "there is at most one position");
        require((start.after() == null) == (follow.after() == null), "a position is used");
        require((start.since() == null) == (follow.since() == null), "a time is used");
    }

    private static String text(ClientMessage message) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (message instanceof Follow follow) {
            fields.put("kind", "follow");
            fields.put("author", follow.author());
            fields.put("after", follow.after());
            fields.put("since", follow.since());
        } else if (message instanceof Unfollow unfollow) {
            fields.put("kind", "unfollow");
            fields.put("author", unfollow.author());
        } else if (message instanceof Token token) {
            fields.put("kind", "token");
            fields.put("token", token.token());
        }
        return JsonMapper.shared().writeValueAsString(fields);
    }
}
