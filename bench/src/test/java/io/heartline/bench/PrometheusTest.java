package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrometheusTest {

    private static final String TEXT = """
            # HELP heartline_gateway_records_total Records consumed from the topic, by what became of them
            # TYPE heartline_gateway_records_total counter
            heartline_gateway_records_total{outcome="followed"} 10.0
            heartline_gateway_records_total{outcome="unfollowed"} 1.2345678E7
            heartline_gateway_records_total{outcome="un} \\"readable",other="x"} 2 1732442400000
            heartline_gateway_records_totals 5.0
            heartline_gateway_connections 100.0
            """;

    @Test
    void aMetric_isSummedOverAllItsLabels() {
        assertThat(Prometheus.sum(TEXT, "heartline_gateway_records_total")).isEqualTo(12_345_690);
    }

    @Test
    void aMetricWithoutLabels_isItsValue() {
        assertThat(Prometheus.sum(TEXT, "heartline_gateway_connections")).isEqualTo(100);
    }

    @Test
    void aMetricThatThereIsNot_isZero() {
        assertThat(Prometheus.sum(TEXT, "heartline_gateway_records")).isZero();
    }
}
