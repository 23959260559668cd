package io.heartline.gateway.http;

import io.heartline.events.Identifier;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * A request for likes, parsed from a URL.
 *
 * @param followRequest the authors, posts, digest interval and caller
 * @param start where the stream starts
 * @param maxWait how long a long poll waits for a frame; null without {@code wait}
 * @param limit the maximum number of frames with events in the response to a poll, from 1 to 1000
 */
record LikesRequest(
        FollowRequest followRequest,
        StartPoint start,
        @Nullable Duration maxWait,
        int limit) {

    /** The maximum number of authors that one connection follows. */
    static final int MAX_AUTHORS = 100;

    private static final int MAX_POSTS = 100;
    private static final int MAX_FRAMES = 1_000;
    private static final int MAX_WAIT_SECONDS = 30;
    private static final int MAX_DIGEST_SECONDS = 3_600;

    /**
     * Parses the URL of one author's likes.
     *
     * @param authorId the author in the path
     * @param parameters the query of the URL
     * @param lastEventId the header of an EventSource, which takes precedence over {@code after} and {@code since}; null without
     *     the header
     * @param caller the caller of the request
     * @throws InvalidParameterException for the first malformed parameter
     */
    static LikesRequest ofOneAuthor(
            String authorId, MultiValueMap<String, String> parameters, @Nullable String lastEventId, Caller caller) {
        if (!Identifier.isValid(authorId)) {
            throw new InvalidParameterException("authorId", Identifier.RULE);
        }
        return of(List.of(authorId), false, parameters, lastEventId, caller);
    }

    /**
     * Parses the URL of several authors' likes, which are the parameters {@code author}.
     *
     * @param parameters the query of the URL
     * @param lastEventId as for {@link #ofOneAuthor}
     * @param caller the caller of the request
     * @throws InvalidParameterException for the first malformed parameter
     */
    static LikesRequest ofSeveralAuthors(
            MultiValueMap<String, String> parameters, @Nullable String lastEventId, Caller caller) {
        List<String> given = new QueryParameters(parameters).all("author");
        if (given.isEmpty()) {
            throw new InvalidParameterException("author", "must be given at least once");
        }
        if (!given.stream().allMatch(Identifier::isValid)) {
            throw new InvalidParameterException("author", Identifier.RULE);
        }
        List<String> authors = given.stream().distinct().toList();
        if (authors.size() > MAX_AUTHORS) {
            throw new InvalidParameterException("author", "must not name more than " + MAX_AUTHORS + " authors");
        }
        return of(authors, true, parameters, lastEventId, caller);
    }

    private static LikesRequest of(
            List<String> authors,
            boolean isOfSeveralAuthors,
            MultiValueMap<String, String> parameters,
            @Nullable String lastEventId,
            Caller caller) {
        QueryParameters query = new QueryParameters(parameters);
        List<String> posts = query.all("post");
        if (posts.size() > MAX_POSTS) {
            throw new InvalidParameterException("post", "must not be given more than " + MAX_POSTS + " times");
        }
        if (!posts.stream().allMatch(Identifier::isValid)) {
            throw new InvalidParameterException("post", Identifier.RULE);
        }
        Duration digest = seconds(query, "digest", MAX_DIGEST_SECONDS);
        String after = lastEventId == null ? parameters.getFirst("after") : lastEventId;
        String since = lastEventId == null ? parameters.getFirst("since") : null;
        return new LikesRequest(
                new FollowRequest(
                        authors,
                        isOfSeveralAuthors,
                        Set.copyOf(posts),
                        digest == null ? Duration.ZERO : digest,
                        caller),
                isOfSeveralAuthors
                        ? StartParameters.ofSeveralAuthors(after, since)
                        : StartParameters.ofOneAuthor(after, since),
                seconds(query, "wait", MAX_WAIT_SECONDS),
                number(query, "limit", 1, MAX_FRAMES, MAX_FRAMES));
    }

    /** Returns whether a poll waits for a frame with events. */
    boolean isLongPoll() {
        return maxWait != null && !maxWait.isZero();
    }

    /** Returns the request of a poll. A poll without {@code wait} has no digest interval, because it would wait for its end. */
    LikesRequest forPoll() {
        return isLongPoll() ? this : new LikesRequest(followRequest.withoutDigest(), start, maxWait, limit);
    }

    private static @Nullable Duration seconds(QueryParameters query, String name, int max) {
        return query.has(name) ? Duration.ofSeconds(number(query, name, 0, max, 0)) : null;
    }

    /** Returns the default also for a parameter without a value. */
    private static int number(QueryParameters query, String name, int min, int max, int defaultValue) {
        return query.values().getFirst(name) == null ? defaultValue : query.wholeNumber(name, min, max, defaultValue);
    }
}
