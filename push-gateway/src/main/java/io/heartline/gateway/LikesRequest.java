package io.heartline.gateway;

import io.heartline.events.Identifier;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.util.MultiValueMap;

/**
 * What a URL asks for.
 *
 * @param after the last position the reader saw; null to start at now
 * @param hold how long a poll waits for something; null unless it is a long poll
 * @param limit frames in the answer to a poll
 */
record LikesRequest(Following following, Position after, Duration hold, int limit) {

    private static final int MOST_POSTS = 100;
    private static final int MOST_FRAMES = 1_000;
    private static final int MOST_WAIT_SECONDS = 30;
    private static final int MOST_DIGEST_SECONDS = 3_600;

    /** As JSON writes it. {@link Integer#parseInt} also takes a plus sign, leading zeros and the digits of other scripts. */
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    /** @throws InvalidParameterException for the first that is malformed */
    static LikesRequest of(String authorId, MultiValueMap<String, String> query, String lastEventId, Caller caller) {
        if (!Identifier.isValid(authorId)) {
            throw new InvalidParameterException("authorId", Identifier.RULE);
        }
        List<String> posts = query.getOrDefault("post", List.of());
        if (posts.size() > MOST_POSTS) {
            throw new InvalidParameterException("post", "must not be given more than " + MOST_POSTS + " times");
        }
        if (!posts.stream().allMatch(Identifier::isValid)) {
            throw new InvalidParameterException("post", Identifier.RULE);
        }
        Duration digest = seconds(query, "digest", MOST_DIGEST_SECONDS);
        return new LikesRequest(
                new Following(authorId, Set.copyOf(posts), digest == null ? Duration.ZERO : digest, caller),
                position(lastEventId == null ? query.getFirst("after") : lastEventId),
                seconds(query, "wait", MOST_WAIT_SECONDS),
                number(query, "limit", 1, MOST_FRAMES, MOST_FRAMES));
    }

    /** For a poll: one that does not wait has no interval in which to be told, and would wait for its end. */
    LikesRequest polled() {
        return hold == null || hold.isZero() ? new LikesRequest(following.oneByOne(), after, hold, limit) : this;
    }

    private static Position position(String text) {
        try {
            return text == null ? null : Position.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidParameterException("after", e.getMessage());
        }
    }

    private static Duration seconds(MultiValueMap<String, String> query, String name, int most) {
        return query.containsKey(name) ? Duration.ofSeconds(number(query, name, 0, most, 0)) : null;
    }

    private static int number(MultiValueMap<String, String> query, String name, int least, int most, int otherwise) {
        String text = query.getFirst(name);
        if (text == null) {
            return otherwise;
        }
        if (WHOLE_NUMBER.matcher(text).matches()) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new InvalidParameterException(name, "must be a whole number from " + least + " to " + most);
    }
}
