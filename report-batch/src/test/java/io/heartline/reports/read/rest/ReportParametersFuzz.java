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

/** Whatever a URL and {@code Accept} ask for is within bounds, or refused by its name. */
public final class ReportParametersFuzz {

    private static final Set<String> PARAMETERS = Set.of("limit", "wait", "atLeast", "format");

    private ReportParametersFuzz() {}

    /** The query and, in a second line, {@code Accept}. */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = (new String(input, StandardCharsets.UTF_8) + "\n").split("\n", 3);
        MockServerWebExchange exchange = exchange(lines[0], lines[1]);
        if (exchange == null) {
            return;
        }
        QueryParameters query = new QueryParameters(exchange.getRequest().getQueryParams());
        try {
            int limit = query.wholeNumber("limit", 1, 1_000, 10);
            require(limit >= 1 && limit <= 1_000, "a page has an end");
            MinimumPosition minimum = new ReportParameters(query).minimumPosition("bob");
            require((minimum != null) == query.has("atLeast"), "it is not overlooked");
            if (minimum != null) {
                require(minimum.timeout().toSeconds() <= 30, "nobody waits for ever");
                require(Position.parse(query.text("atLeast")).equals(minimum.position()), "it is the position it says");
            }
            ResponseFormat format = ResponseFormat.requested(query, exchange);
            require(
                    !query.has("format") || format.extension().equals(query.text("format")),
                    "it is the format it says");
        } catch (InvalidParameterException e) {
            require(PARAMETERS.contains(e.parameter()), "it is a parameter that is wrong");
        } catch (NotAcceptableStatusException e) {
            require(!query.has("format"), "a format that is named does not depend on Accept");
        }
    }

    /** Null of what is no URL, which does not come as far as here. */
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
