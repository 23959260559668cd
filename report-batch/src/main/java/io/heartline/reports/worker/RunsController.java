package io.heartline.reports.worker;

import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import io.heartline.web.problem.ApiException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@RestController
class RunsController {

    private static final int MAX_LATEST = 20;

    private final RunService runs;
    private final RunWorker worker;
    private final ReadTimeout timeout;

    RunsController(@ForRequests RunService runs, RunWorker worker, ReadTimeout timeout) {
        this.runs = runs;
        this.worker = worker;
        this.timeout = timeout;
    }

    @PostMapping("/v1/runs")
    Mono<ResponseEntity<Map<String, String>>> post() {
        return timeout.applyTo(runs.enqueue(Run.ON_REQUEST))
                .doOnNext(run -> worker.joinRun(run.id()))
                .map(run -> ResponseEntity.accepted()
                        .location(URI.create("/v1/runs/" + run.id()))
                        .body(Map.of("id", run.id())));
    }

    @GetMapping("/v1/runs/{id}")
    Mono<RunView> get(@PathVariable String id) {
        return timeout.applyTo(runs.view(id))
                .switchIfEmpty(Mono.error(() -> ApiException.notFound("There is no run with this id.")))
                .delayUntil(run -> untilReadersSee(List.of(run)));
    }

    /** Returns the latest runs, latest first. */
    @GetMapping("/v1/runs")
    Mono<Map<String, List<RunView>>> latest() {
        return timeout.applyTo(runs.latest(MAX_LATEST))
                .delayUntil(RunsController::untilReadersSee)
                .map(views -> Map.of("items", views));
    }

    /** If the caller learns that a run is done, the reports of every instance include it from then on. */
    private static Mono<Void> untilReadersSee(List<RunView> views) {
        return views.stream().anyMatch(run -> run.status() == RunStatus.done)
                ? ProgressStore.untilCachesFollow()
                : Mono.empty();
    }
}
