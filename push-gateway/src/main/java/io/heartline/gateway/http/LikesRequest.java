package io.heartline.gateway.http;

import io.heartline.events.Identifier;
import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.util.MultiValueMap;

/**
 * A request for likes, parsed from a URL.
 *
 * @param followRequest the author, posts, digest interval and caller
 * @param after the last position that the client received; null to start at the log end
 * @param maxWait how long a long poll waits for a frame; null without {@code wait}
 * @param limit the maximum number of frames in the response to a poll, from 1 to 1000
 */
record LikesRequest(FollowRequest followRequest, Position after, Duration maxWait, int limit) {

    private static final int MAX_POSTS = 100;
    private static final int MAX_FRAMES = 1_000;
    private static final int MAX_WAIT_SECONDS = 30;
    private static final int MAX_DIGEST_SECONDS = 3_600;

    /**
     * Parses a URL.
     *
     * @param authorId the author in the path
     * @param parameters the query of the URL
     * @param lastEventId the header of an EventSource, which takes precedence over {@code after}; null without the header
     * @param caller the caller of the request
     * @throws InvalidParameterException for the first malformed parameter
     */
    static LikesRequest of(
            String authorId, MultiValueMap<String, String> parameters, String lastEventId, Caller caller) {
        QueryParameters query = new QueryParameters(parameters);
        if (!Identifier.isValid(authorId)) {
            throw new InvalidParameterException("authorId", Identifier.RULE);
        }
        List<String> posts = query.all("post");
        if (posts.size() > MAX_POSTS) {
            throw new InvalidParameterException("post", "must not be given more than " + MAX_POSTS + " times");
        }
        if (!posts.stream().allMatch(Identifier::isValid)) {
            throw new InvalidParameterException("post", Identifier.RULE);
        }
        Duration digest = seconds(query, "digest", MAX_DIGEST_SECONDS);
        return new LikesRequest(
                new FollowRequest(authorId, Set.copyOf(posts), digest == null ? Duration.ZERO : digest, caller),
                position(lastEventId == null ? parameters.getFirst("after") : lastEventId),
                seconds(query, "wait", MAX_WAIT_SECONDS),
                number(query, "limit", 1, MAX_FRAMES, MAX_FRAMES));
    }

    /** Returns the request of a poll. A poll without {@code wait} has no digest interval, because it would wait for its end. */
    LikesRequest forPoll() {
        return maxWait == null || maxWait.isZero()
                ? new LikesRequest(followRequest.withoutDigest(), after, maxWait, limit)
                : this;
    }

    private static Position position(String text) {
        try {
            return text == null ? null : Position.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidParameterException("after", e.getMessage());
        }
    }

    private static Duration seconds(QueryParameters query, String name, int max) {
        return query.has(name) ? Duration.ofSeconds(number(query, name, 0, max, 0)) : null;
    }

    /** Returns the default also for a parameter without a value. */
    private static int number(QueryParameters query, String name, int min, int max, int defaultValue) {
        return query.values().getFirst(name) == null ? defaultValue : query.wholeNumber(name, min, max, defaultValue);
    }
}
