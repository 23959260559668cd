package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;

class ThreadsHealthIT extends GatewayIT {

    @Autowired
    private HealthEndpointGroups groups;

    /** A gateway whose log or ticker thread has ended takes no clients, and only a restart helps. */
    @ParameterizedTest
    @ValueSource(strings = {"readiness", "liveness"})
    void healthGroup_includesThreads(String group) {
        assertThat(groups.get(group).isMember("threads")).isTrue();
    }
}
