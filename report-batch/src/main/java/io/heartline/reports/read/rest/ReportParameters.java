package io.heartline.reports.read.rest;

import io.heartline.events.Position;
import io.heartline.reports.read.MinimumPosition;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.time.Duration;

/**
 * The parameters that all reports have in common.
 *
 * @param query the query of the URL
 */
record ReportParameters(QueryParameters query) {

    private static final int MAX_WAIT_SECONDS = 30;

    /**
     * Returns the minimum position that {@code atLeast} and {@code wait} request.
     *
     * @param caller the name under which limits count the request
     * @return null if there is no {@code atLeast}
     * @throws InvalidParameterException if {@code atLeast} or {@code wait} is malformed, or {@code wait} is given alone
     */
    MinimumPosition minimumPosition(String caller) {
        int wait = query.wholeNumber("wait", 1, MAX_WAIT_SECONDS, 0);
        if (!query.has("atLeast")) {
            if (wait > 0) {
                throw new InvalidParameterException("wait", "must come with atLeast, the position to wait for");
            }
            return null;
        }
        try {
            return new MinimumPosition(Position.parse(query.text("atLeast")), Duration.ofSeconds(wait), caller);
        } catch (IllegalArgumentException e) {
            throw new InvalidParameterException("atLeast", e.getMessage());
        }
    }
}
