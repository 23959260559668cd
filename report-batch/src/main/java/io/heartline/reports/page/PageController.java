package io.heartline.reports.page;

import io.heartline.reports.ReportSettings;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The page, and where its browser finds the other services. */
@RestController
class PageController {

    private final ReportSettings.Page settings;
    private final String contentSecurityPolicy;

    PageController(ReportSettings settings) {
        this.settings = settings.page();
        contentSecurityPolicy = ContentSecurityPolicy.of(this.settings);
    }

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<Resource> index() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .header("Content-Security-Policy", contentSecurityPolicy)
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Referrer-Policy", "no-referrer")
                .header("X-Content-Type-Options", "nosniff")
                .body(new ClassPathResource("page/index.html"));
    }

    @GetMapping("/page/settings.json")
    ResponseEntity<ReportSettings.Page> settings() {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(settings);
    }
}
