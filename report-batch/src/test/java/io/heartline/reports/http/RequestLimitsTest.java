package io.heartline.reports.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.problem.ApiException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class RequestLimitsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ConcurrencyLimit limit = RequestLimits.create(
            "waiting", "heartline.reports.read.waiting", "wait for a run", 3, 2, new RefusalMetrics(registry));

    @Test
    void callerAtItsMaximum_isRefusedWith429NamingTheSetting() {
        limit.acquire("zoe");
        limit.acquire("zoe");

        ApiException refusal = refusal("zoe");

        assertThat(refusal.getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(refusal)
                .hasMessage(
                        "2 requests of this caller wait for a run on this instance already, which is the maximum of one"
                                + " caller (heartline.reports.read.waiting-per-caller).");
        assertThat(refused("waiting-per-caller")).isEqualTo(1);
        assertThat(limit.acquired()).isEqualTo(2);
        assertThatCode(() -> limit.acquire("alice")).doesNotThrowAnyException();
    }

    @Test
    void atMaxOfAllCallers_isRefusedWith503NamingTheSetting() {
        limit.acquire("zoe");
        limit.acquire("zoe");
        limit.acquire("alice");

        ApiException refusal = refusal("bob");

        assertThat(refusal.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(refusal)
                .hasMessage("3 requests wait for a run on this instance already, which is the maximum"
                        + " (heartline.reports.read.waiting).");
        assertThat(refused("waiting")).isEqualTo(1);
        assertThat(refused("waiting-per-caller")).isZero();
    }

    private ApiException refusal(String caller) {
        return catchThrowableOfType(ApiException.class, () -> limit.acquire(caller));
    }

    private double refused(String reason) {
        return registry.get("heartline.reports.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }
}
