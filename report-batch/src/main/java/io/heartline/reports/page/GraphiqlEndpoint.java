package io.heartline.reports.page;

import io.heartline.web.page.PageHeaders;
import io.heartline.web.page.StaticFile;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** The endpoints for the page of GraphiQL and for its files. */
final class GraphiqlEndpoint {

    static final String PAGE = "/graphiql";
    static final String FILE = "/graphiql/{*path}";

    private final GraphiqlFiles files;

    GraphiqlEndpoint(GraphiqlFiles files) {
        this.files = files;
    }

    /** Answers with the page. */
    Mono<ServerResponse> page(ServerRequest request) {
        return respond(request, files.index(), headers -> {
            headers.setCacheControl(CacheControl.noStore()); // the policy can change while the file does not
            PageHeaders.addTo(headers, GraphiqlPolicy.VALUE);
        });
    }

    /** Answers with a file. If the page has no such file, the result fails with a 404. */
    Mono<ServerResponse> file(ServerRequest request) {
        return files.find(request.pathVariable("path"))
                .map(file -> respond(request, file, PageHeaders::addTo))
                .orElseGet(() ->
                        Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND, "GraphiQL has no such file.")));
    }

    private static Mono<ServerResponse> respond(ServerRequest request, StaticFile file, Consumer<HttpHeaders> headers) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return Mono.error(
                    new MethodNotAllowedException(request.method(), List.of(HttpMethod.GET, HttpMethod.HEAD)));
        }
        ResponseEntity<byte[]> response = file.toResponse(request.exchange(), headers);
        ServerResponse.BodyBuilder builder =
                ServerResponse.status(response.getStatusCode()).headers(all -> all.putAll(response.getHeaders()));
        return response.hasBody() ? builder.bodyValue(response.getBody()) : builder.build();
    }
}
