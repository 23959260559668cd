package io.heartline.reports.page;

import io.heartline.reports.ReportSettings;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The page, and where its browser finds the other services. */
@RestController
class PageController {

    private final ReportSettings settings;

    PageController(ReportSettings settings) {
        this.settings = settings;
    }

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    Resource index() {
        return new ClassPathResource("page/index.html");
    }

    @GetMapping("/page/settings.json")
    ReportSettings.Page settings() {
        return settings.page();
    }
}
