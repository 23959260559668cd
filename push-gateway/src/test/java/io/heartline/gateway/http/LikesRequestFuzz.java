package io.heartline.gateway.http;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.Identifier;
import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.web.problem.InvalidParameterException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** Each value of a request is within its limits, or the request is refused with the parameter's name. */
public final class LikesRequestFuzz {

    private static final List<String> PARAMETERS =
            List.of("authorId", "author", "post", "digest", "after", "since", "wait", "limit");

    private static final Caller CALLER = Caller.named("caller");

    private LikesRequestFuzz() {}

    /**
     * Reads a request for likes.
     *
     * @param input up to three lines: the author in the path, or nothing for the resource of several authors; the query; and
     *     optionally {@code Last-Event-ID}
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", 3);
        MultiValueMap<String, String> query = query(lines.length > 1 ? lines[1] : "");
        if (query == null) {
            return;
        }
        LikesRequest request;
        try {
            request = request(lines[0], query, lines.length > 2 ? lines[2] : null);
        } catch (InvalidParameterException e) {
            require(PARAMETERS.contains(e.parameter()), "the error names a parameter");
            return;
        }
        requireBounds(request);
        require(
                request(lines[0], again(request), null).equals(request),
                "the query of a request parses to the same request");
        requireBounds(request.forPoll());
    }

    private static LikesRequest request(String author, MultiValueMap<String, String> query, String lastEventId) {
        return author.isEmpty()
                ? LikesRequest.ofSeveralAuthors(query, lastEventId, CALLER)
                : LikesRequest.ofOneAuthor(author, query, lastEventId, CALLER);
    }

    /** Returns the query as Spring parses it; null for an invalid URL, which never reaches this code. */
    private static MultiValueMap<String, String> query(String text) {
        try {
            return MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://localhost/?" + text))
                    .build()
                    .getQueryParams();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static void requireBounds(LikesRequest request) {
        FollowRequest following = request.followRequest();
        int authors = following.authors().size();
        require(authors >= 1 && authors <= (following.namesAuthors() ? 100 : 1), "the number of authors is allowed");
        require(Set.copyOf(following.authors()).size() == authors, "each author is there once");
        require(following.authors().stream().allMatch(Identifier::isValid), "the author ids are valid");
        requireStart(request.start(), following.namesAuthors());
        require(following.posts().size() <= 100, "there are at most 100 posts");
        require(following.posts().stream().allMatch(Identifier::isValid), "the post ids are valid");
        requireWithin(following.digestInterval(), 3_600);
        requireWithin(request.maxWait() == null ? Duration.ZERO : request.maxWait(), 30);
        require(request.limit() >= 1 && request.limit() <= 1_000, "the limit is within its bounds");
    }

    private static void requireStart(StartPoint start, boolean isList) {
        require(start.after() == null || start.since() == null, "a stream has one start");
        if (start.after() != null) {
            List<Position> positions = start.after().positions();
            require(!positions.isEmpty() && (isList || positions.size() == 1), "the number of positions is allowed");
            require(
                    positions.stream().map(Position::partition).distinct().count() == positions.size(),
                    "each partition has one position");
            require(
                    positions.stream().allMatch(position -> position.epoch()
                            .equals(start.after().epoch())),
                    "the positions have one epoch");
        }
    }

    private static void requireWithin(Duration time, long seconds) {
        require(!time.isNegative() && time.toSeconds() <= seconds, "a duration is within its bounds");
    }

    private static MultiValueMap<String, String> again(LikesRequest request) {
        MultiValueMap<String, String> query = new LinkedMultiValueMap<>();
        request.followRequest().posts().forEach(post -> query.add("post", post));
        query.add(
                "digest", Long.toString(request.followRequest().digestInterval().toSeconds()));
        query.add("limit", Integer.toString(request.limit()));
        if (request.followRequest().namesAuthors()) {
            request.followRequest().authors().forEach(author -> query.add("author", author));
        }
        if (request.start().after() != null) {
            query.add("after", request.start().after().toString());
        }
        if (request.start().since() != null) {
            query.add("since", request.start().since().toString());
        }
        if (request.maxWait() != null) {
            query.add("wait", Long.toString(request.maxWait().toSeconds()));
        }
        return query;
    }
}
