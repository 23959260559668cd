package io.heartline.gateway.http;

import io.heartline.events.Identifier;
import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.InvalidParameterException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
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

    /** As JSON writes it. {@link Integer#parseInt} also takes a plus sign, leading zeros and the digits of other scripts. */
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    /**
     * Parses a URL.
     *
     * @param authorId the author in the path
     * @param query the parameters
     * @param lastEventId the header of an EventSource, which takes precedence over {@code after}; null without the header
     * @param caller the caller of the request
     * @throws InvalidParameterException for the first malformed parameter
     */
    static LikesRequest of(String authorId, MultiValueMap<String, String> query, String lastEventId, Caller caller) {
        if (!Identifier.isValid(authorId)) {
            throw new InvalidParameterException("authorId", Identifier.RULE);
        }
        List<String> posts = query.getOrDefault("post", List.of());
        if (posts.size() > MAX_POSTS) {
            throw new InvalidParameterException("post", "must not be given more than " + MAX_POSTS + " times");
        }
        if (!posts.stream().allMatch(Identifier::isValid)) {
            throw new InvalidParameterException("post", Identifier.RULE);
        }
        Duration digest = seconds(query, "digest", MAX_DIGEST_SECONDS);
        return new LikesRequest(
                new FollowRequest(authorId, Set.copyOf(posts), digest == null ? Duration.ZERO : digest, caller),
                position(lastEventId == null ? query.getFirst("after") : lastEventId),
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

    private static Duration seconds(MultiValueMap<String, String> query, String name, int max) {
        return query.containsKey(name) ? Duration.ofSeconds(number(query, name, 0, max, 0)) : null;
    }

    private static int number(MultiValueMap<String, String> query, String name, int min, int max, int defaultValue) {
        String text = query.getFirst(name);
        if (text == null) {
            return defaultValue;
        }
        if (WHOLE_NUMBER.matcher(text).matches()) {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw new InvalidParameterException(name, "must be a whole number from " + min + " to " + max);
    }
}
