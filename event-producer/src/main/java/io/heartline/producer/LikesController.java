package io.heartline.producer;

import io.heartline.events.LikeEvent;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@RestController
class LikesController {

    /** The answer to a like that is in the log. */
    record Accepted(String eventId, String position) {}

    private final LikeReader reader;
    private final LikeLog log;
    private final IngestMetrics metrics;

    LikesController(LikeReader reader, LikeLog log, IngestMetrics metrics) {
        this.reader = reader;
        this.log = log;
        this.metrics = metrics;
    }

    @PostMapping(path = "/v1/likes", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Mono<Accepted> post(@RequestBody byte[] body) {
        LikeEvent event = reader.read(body);
        return log.append(event).map(position -> {
            metrics.accepted();
            return new Accepted(event.id(), position.toString());
        });
    }
}
