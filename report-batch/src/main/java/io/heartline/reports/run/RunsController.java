package io.heartline.reports.run;

import io.heartline.reports.ForReaders;
import io.heartline.reports.NotFoundException;
import io.heartline.reports.ReadLimit;
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

    private static final int LATEST = 20;

    private final Runs runs;
    private final Worker worker;
    private final ReadLimit limit;

    RunsController(@ForReaders Runs runs, Worker worker, ReadLimit limit) {
        this.runs = runs;
        this.worker = worker;
        this.limit = limit;
    }

    @PostMapping("/v1/runs")
    Mono<ResponseEntity<Map<String, String>>> post() {
        return limit.on(runs.enqueue(Run.ON_REQUEST))
                .doOnNext(run -> worker.join(run.id()))
                .map(run -> ResponseEntity.accepted()
                        .location(URI.create("/v1/runs/" + run.id()))
                        .body(Map.of("id", run.id())));
    }

    @GetMapping("/v1/runs/{id}")
    Mono<Run.View> get(@PathVariable String id) {
        return limit.on(runs.view(id))
                .switchIfEmpty(Mono.error(() -> new NotFoundException("There is no run with this id.")));
    }

    /** Latest first. */
    @GetMapping("/v1/runs")
    Mono<Map<String, List<Run.View>>> latest() {
        return limit.on(runs.latest(LATEST)).map(found -> Map.of("items", found));
    }
}
