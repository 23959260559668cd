package io.heartline.gateway.http;

import io.heartline.web.page.StaticFile;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Serves {@code heartline.js}, the client for browsers and Node. */
@RestController
class ClientScriptController {

    static final String PATH = "/heartline.js";

    private final StaticFile script = StaticFile.read(new ClassPathResource("client/heartline.js"));

    @GetMapping(PATH)
    ResponseEntity<byte[]> script(ServerWebExchange exchange) {
        return script.toResponse(exchange, headers -> {});
    }
}
