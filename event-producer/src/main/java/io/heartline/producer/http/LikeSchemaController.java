package io.heartline.producer.http;

import io.heartline.web.page.StaticFile;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Serves the JSON Schema of a like as {@code POST /v1/likes} takes it. It needs no token. */
@RestController
final class LikeSchemaController {

    /** The path of the schema. */
    static final String PATH = "/v1/likes/schema";

    private static final MediaType JSON_SCHEMA = MediaType.parseMediaType("application/schema+json");

    private final StaticFile schema =
            StaticFile.read(new ClassPathResource("schemas/like.schema.json"), JSON_SCHEMA); // in like-events

    @GetMapping(PATH)
    ResponseEntity<byte[]> schema(ServerWebExchange exchange) {
        return schema.toResponse(exchange, headers -> {});
    }
}
