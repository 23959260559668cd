package io.heartline.reports.read.rest;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.Position;
import io.heartline.reports.read.MinimumPosition;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.NotAcceptableStatusException;

/** Each parameter of a URL is either within its bounds, or refused with an error that names it. */
public final class ReportParametersFuzz {

    private static final Set<String> PARAMETERS = Set.of("limit", "wait", "atLeast", "format");

    private ReportParametersFuzz() {}

    /** @param input the query and, in a second line, {@code Accept} */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = (new String(input, StandardCharsets.UTF_8) + "\n").split("\n", 3);
        MockServerWebExchange exchange = exchange(lines[0], lines[1]);
        if (exchange == null) {
            return;
        }
        QueryParameters query = new QueryParameters(exchange.getRequest().getQueryParams());
        try {
            int limit = query.wholeNumber("limit", 1, 1_000, 10);
            require(limit >= 1 && limit <= 1_000, "the limit of a page is bounded");
            MinimumPosition minimum = new ReportParameters(query).minimumPosition("bob");
            require((minimum != null) == query.has("atLeast"), "atLeast is not ignored");
            if (minimum != null) {
                require(minimum.timeout().toSeconds() <= 30, "the timeout of a request is at most 30 s");
                require(
                        Position.parse(query.text("atLeast")).equals(minimum.position()),
                        "the position equals its text");
            }
            ResponseFormat format = ResponseFormat.requested(query, exchange);
            require(
                    !query.has("format") || format.extension().equals(query.text("format")),
                    "the format equals its text");
        } catch (InvalidParameterException e) {
            require(PARAMETERS.contains(e.parameter()), "the error names a known parameter");
        } catch (NotAcceptableStatusException e) {
            require(!query.has("format"), "an explicit format does not depend on Accept");
        }
    }

    /** @return null if the query makes no valid URL, which the server refuses earlier */
    private static MockServerWebExchange exchange(String query, String accept) {
        try {
            MockServerHttpRequest.BaseBuilder<?> request =
                    MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://localhost/?" + query));
            return MockServerWebExchange.from(accept.isEmpty() ? request : request.header("Accept", accept));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
