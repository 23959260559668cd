package io.heartline.producer.http;

import io.heartline.producer.like.ProblemType;
import io.heartline.web.page.PageHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.HtmlUtils;

/** The pages to which the {@code type} of a problem leads. Each explains the problem, its cause and its remedy. */
@RestController
class ProblemPages {

    private static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");

    @GetMapping("/problems/{slug}")
    ResponseEntity<String> page(@PathVariable String slug) {
        ProblemType type = ProblemType.of(slug).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        String title = HtmlUtils.htmlEscape(type.status.value() + " " + type.title);
        String page = """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <title>%s</title>
                <h1>%s</h1>
                <p><code>%s</code></p>
                <h2>Cause</h2>
                <p>%s</p>
                <h2>Remedy</h2>
                <p>%s</p>
                </html>
                """.formatted(
                        title, title, type.uri(), HtmlUtils.htmlEscape(type.cause), HtmlUtils.htmlEscape(type.remedy));
        return ResponseEntity.ok().contentType(HTML).headers(PageHeaders::addTo).body(page);
    }
}
