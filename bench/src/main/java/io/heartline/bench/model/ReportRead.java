package io.heartline.bench.model;

import java.nio.charset.StandardCharsets;

/** A request to the report batch. */
public enum ReportRead {
    /** One author's week. */
    single("single"),
    /** The same, of an author whose figures have changed since the read before. */
    singleChanging("single-changing"),
    /** All weeks of one author. */
    range("range"),
    /** The sums of all weeks of one author, with the distinct people in all of them. */
    summary("summary"),
    /** One author's week by GraphQL, with the same figures as {@link #single}. */
    graphql("graphql");

    private static final String QUERY =
            "query($author: ID!, $week: String!) { weeklyReport(author: $author, week: $week)"
                    + " { authorId week from to zone status revision likes unlikes likers events { liked unliked }"
                    + " precision { exact relativeError } byDay { date likes } topPosts { postId likes }"
                    + " previous { week likes } asOf through } }";

    private final String name;

    ReportRead(String name) {
        this.name = name;
    }

    public HttpCall of(String author, String firstWeek, String lastWeek) {
        return switch (this) {
            case single, singleChanging -> HttpCall.get("/v1/authors/" + author + "/reports/" + lastWeek);
            case range -> HttpCall.get("/v1/authors/" + author + "/reports?from=" + firstWeek + "&to=" + lastWeek);
            case summary -> HttpCall.get("/v1/authors/" + author + "/summary?from=" + firstWeek + "&to=" + lastWeek);
            case graphql ->
                HttpCall.post(
                        "/graphql",
                        ("{\"query\":\"" + QUERY + "\",\"variables\":{\"author\":\"" + author + "\",\"week\":\""
                                        + lastWeek + "\"}}")
                                .getBytes(StandardCharsets.US_ASCII));
        };
    }

    /** Returns whether the figures of an author have to change before each of its reads. */
    public boolean needsChanges() {
        return this == singleChanging;
    }

    /** Returns whether an answer contains reports. */
    public boolean isAnsweredBy(int status, String body) {
        return status == 200 && body.contains("\"likes\"") && !body.contains("\"errors\"");
    }

    @Override
    public String toString() {
        return name;
    }
}
