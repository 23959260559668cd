package io.heartline.gateway;

import io.heartline.web.StaticFile;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** {@code heartline.js}, the client for browsers. */
@RestController
class ClientScript {

    private final StaticFile script = StaticFile.read(new ClassPathResource("client/heartline.js"));

    @GetMapping("/heartline.js")
    ResponseEntity<byte[]> script(ServerWebExchange exchange) {
        return script.answer(exchange, headers -> {});
    }
}
