package io.heartline.bench;

import io.heartline.bench.Caller.Call;
import java.nio.charset.StandardCharsets;

/** What a reader asks the report batch for. */
enum Read {
    /** One author's week. */
    single,
    /** One author's weeks, all that there are. */
    range,
    /** One author's week, by GraphQL: the figures that {@link #single} answers. */
    graphql;

    private static final String QUERY =
            "query($author: ID!, $week: String!) { weeklyReport(author: $author, week: $week)"
                    + " { authorId week from to zone status revision likes unlikes likers events { liked unliked }"
                    + " precision { exact relativeError } byDay { date likes } topPosts { postId likes }"
                    + " previous { week likes } asOf through } }";

    Call of(String author, String firstWeek, String lastWeek) {
        return switch (this) {
            case single -> Call.get("/v1/authors/" + author + "/reports/" + lastWeek);
            case range -> Call.get("/v1/authors/" + author + "/reports?from=" + firstWeek + "&to=" + lastWeek);
            case graphql ->
                new Call(
                        "/graphql",
                        ("{\"query\":\"" + QUERY + "\",\"variables\":{\"author\":\"" + author + "\",\"week\":\""
                                        + lastWeek + "\"}}")
                                .getBytes(StandardCharsets.US_ASCII));
        };
    }

    /** Whether it was answered with reports. */
    boolean isAnsweredBy(int status, String body) {
        return status == 200 && body.contains("\"likes\"") && !body.contains("\"errors\"");
    }
}
