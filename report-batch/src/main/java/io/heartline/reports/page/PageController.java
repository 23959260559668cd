package io.heartline.reports.page;

import io.heartline.web.page.PageHeaders;
import io.heartline.web.page.StaticFile;
import java.io.IOException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/** The endpoints for the page, for its files, and for the settings with the addresses of the other services. */
@RestController
@EnableConfigurationProperties(PageSettings.class)
class PageController {

    private final PageSettings settings;
    private final String contentSecurityPolicy;
    private final StaticFile index = StaticFile.read(new ClassPathResource("page/index.html"));
    private final PageFiles files = new PageFiles();

    PageController(PageSettings settings) throws IOException {
        this.settings = settings;
        contentSecurityPolicy = ContentSecurityPolicy.of(settings);
    }

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<byte[]> index(ServerWebExchange exchange) {
        return index.toResponse(exchange, headers -> {
            headers.setCacheControl(CacheControl.noStore()); // the policy can change while the file does not
            PageHeaders.addTo(headers, contentSecurityPolicy);
        });
    }

    @GetMapping("/page/settings.json")
    ResponseEntity<PageSettings> settings() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .headers(PageHeaders::addTo)
                .body(settings);
    }

    @GetMapping("/page/{*path}")
    ResponseEntity<byte[]> file(@PathVariable String path, ServerWebExchange exchange) {
        StaticFile file = files.find(path)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "The page has no such file."));
        return file.toResponse(exchange, PageHeaders::addTo);
    }
}
