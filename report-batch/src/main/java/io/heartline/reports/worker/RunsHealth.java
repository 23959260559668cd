package io.heartline.reports.worker;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * DOWN if the thread that executes runs has ended although the service was not stopped. Part of liveness, because only a restart
 * helps, and of readiness for installations that do not ask for liveness.
 */
final class RunsHealth implements HealthIndicator {

    private final RunWorker worker;

    RunsHealth(RunWorker worker) {
        this.worker = worker;
    }

    @Override
    public Health health() {
        return worker.isBroken()
                ? Health.down()
                        .withDetail("reason", "the thread that does runs has ended: restart this instance")
                        .build()
                : Health.up().build();
    }
}
