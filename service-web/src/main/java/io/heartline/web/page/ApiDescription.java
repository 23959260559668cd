package io.heartline.web.page;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/** Serves the OpenAPI document of a service as {@code /openapi.yaml}, and the documents to which its references lead beside it. */
@RestController
public final class ApiDescription {

    /** The pattern of all paths that this class serves. They need no token. */
    public static final String PATHS = "/{document:openapi|like-event|frames}.yaml";

    private static final MediaType YAML = MediaType.parseMediaType("application/yaml");

    private final Map<String, StaticFile> documents = new HashMap<>();

    /**
     * Reads the documents into memory.
     *
     * @param service the name of the service, which is the name of its document
     * @param references the names of the documents that it refers to, without {@code .yaml}
     */
    public ApiDescription(String service, List<String> references) {
        documents.put("openapi", read(service));
        references.forEach(name -> documents.put(name, read(name)));
    }

    private static StaticFile read(String name) {
        return StaticFile.read(new ClassPathResource("api/" + name + ".yaml"), YAML);
    }

    @GetMapping(PATHS)
    ResponseEntity<byte[]> document(@PathVariable String document, ServerWebExchange exchange) {
        StaticFile file = documents.get(document);
        if (file == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        }
        return file.toResponse(exchange, headers -> {});
    }
}
