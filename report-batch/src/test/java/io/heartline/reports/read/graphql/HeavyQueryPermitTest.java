package io.heartline.reports.read.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.reports.http.RequestLimits;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.problem.ApiException;
import org.junit.jupiter.api.Test;

class HeavyQueryPermitTest {

    private final ConcurrencyLimit limit = RequestLimits.create("read many reports", 1);
    private final HeavyQueryPermit permit = new HeavyQueryPermit(limit);

    @Test
    void heavyQuery_acquiresOnePermit_andReleasesIt() {
        permit.acquire();
        permit.acquire();
        assertThat(limit.acquired()).isEqualTo(1);

        permit.release();

        assertThat(limit.acquired()).isZero();
    }

    @Test
    void lightQuery_releasesNothing() {
        permit.release();

        assertThat(limit.acquired()).isZero();
    }

    @Test
    void withoutFreePermit_isBusy_andReleasesNothing() {
        limit.acquire();

        assertThatExceptionOfType(ApiException.class).isThrownBy(permit::acquire);
        permit.release();

        assertThat(limit.acquired()).isEqualTo(1);
    }

    /** A client may disconnect before the cost of its query is computed. */
    @Test
    void afterTheRequestEnded_noPermitIsAcquired() {
        permit.release();

        permit.acquire();

        assertThat(limit.acquired()).isZero();
    }
}
