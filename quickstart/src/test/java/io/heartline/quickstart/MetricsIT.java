package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.Documentation.Metric;
import io.heartline.quickstart.backends.Backends;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Compares {@code docs/metrics.md} with the metrics that the three services export. */
@Isolated("sets system properties")
class MetricsIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (heartline_\\w+) (\\w+)$");
    private static final Pattern HELP = Pattern.compile("(?m)^# HELP (heartline_\\w+) (.+)$");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(heartline_\\w+)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final int MOST_SERIES = 60;

    @TempDir
    private static Path folder;

    /** Settings of a webhook whose receiver is down. */
    private static final Map<String, String> WEBHOOK = Map.of(
            "heartline.reports.webhook.url",
            "http://127.0.0.1:1/",
            "heartline.reports.webhook.secret",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private static Heartline heartline;

    @BeforeAll
    static void start() {
        WEBHOOK.forEach(System::setProperty); // without it, its metrics are not exported
        String yearly = "0 0 0 1 1 *"; // an instance without a schedule delivers nothing
        heartline = new Heartline(new Heartline.Settings(0, 0, 0, 0, 0, folder, false, yearly, false, List.of()));
    }

    @AfterAll
    static void stop() {
        heartline.close();
        WEBHOOK.keySet().forEach(System::clearProperty);
    }

    private static Map<String, Supplier<EmbeddedService>> services() {
        return Map.of(
                "event-producer",
                heartline::producer,
                "push-gateway",
                heartline::gateway,
                "report-batch",
                heartline::reports);
    }

    @Test
    void exportedMetrics_equalTheDocumentedOnes_withTypeAndLabels() throws Exception {
        for (Map.Entry<String, Supplier<EmbeddedService>> service : services().entrySet()) {
            Map<String, String> documented = new TreeMap<>();
            for (Metric metric : Documentation.metricsOf(service.getKey())) {
                documented.put(metric.name(), metric.type() + " " + metric.labels());
            }

            assertThat(exportedMetrics(scrape(service.getValue().get())))
                    .as(service.getKey())
                    .isEqualTo(documented);
        }
    }

    /** Returns type and labels of each metric, by name. */
    private static Map<String, String> exportedMetrics(String scrape) {
        Map<String, String> types = new HashMap<>();
        TYPE.matcher(scrape).results().forEach(type -> types.put(type.group(1), type.group(2)));
        // the maximum of a histogram is a separate gauge, which the document describes for all histograms together
        types.keySet().removeIf(name -> name.endsWith("_max") && types.containsKey(name.replaceFirst("_max$", "")));
        Map<String, Set<String>> labels = new HashMap<>();
        for (MatchResult sample : SAMPLE.matcher(scrape).results().toList()) {
            String family = sample.group(1).replaceFirst("_(bucket|count|sum|max)$", "");
            String name = types.containsKey(sample.group(1)) ? sample.group(1) : family;
            Set<String> own = labels.computeIfAbsent(name, any -> new TreeSet<>());
            LABEL.matcher(sample.group(2) == null ? "" : sample.group(2))
                    .results()
                    .map(label -> label.group(1))
                    .filter(label -> !label.equals("le"))
                    .forEach(own::add);
        }
        Map<String, String> metrics = new TreeMap<>();
        types.forEach((name, type) -> metrics.put(name, type + " " + List.copyOf(labels.get(name))));
        return metrics;
    }

    @Test
    void everyMetric_namesItsUnit_andHasADescription() throws Exception {
        for (Supplier<EmbeddedService> service : services().values()) {
            String scrape = scrape(service.get());
            assertThat(HELP.matcher(scrape).results().toList())
                    .isNotEmpty()
                    .allSatisfy(help -> assertThat(help.group(2)).hasSizeGreaterThan(10));
        }
        for (String service : services().keySet()) {
            assertThat(Documentation.metricsOf(service)).allSatisfy(metric -> {
                String name = metric.name();
                assertThat(name.endsWith("_total"))
                        .as(name)
                        .isEqualTo(metric.type().equals("counter"));
                assertThat(name.endsWith("_seconds"))
                        .as(name)
                        .isEqualTo(metric.unit().startsWith("seconds"));
                assertThat(name.endsWith("_bytes"))
                        .as(name)
                        .isEqualTo(metric.unit().equals("bytes"));
            });
        }
    }

    @Test
    void callerInput_createsNoSeries() throws Exception {
        Map<String, Set<String>> before = series();
        for (int i = 0; i < 20; i++) {
            String any = Backends.unique("any");
            for (EmbeddedService service : List.of(heartline.producer(), heartline.gateway(), heartline.reports())) {
                send(service, "GET", "/" + any);
                send(service, "MAKE" + i, "/v1/likes");
            }
            send(heartline.producer(), "GET", "/problems/" + any);
            send(heartline.producer(), "POST", "/v1/likes?" + any);
            send(heartline.gateway(), "GET", "/v1/authors/" + any + "/likes");
            send(heartline.gateway(), "GET", "/" + any + ".js");
            send(heartline.reports(), "GET", "/v1/authors/" + any + "/reports/current");
            send(heartline.reports(), "GET", "/v1/weeks/" + any + "/authors");
            send(heartline.reports(), "GET", "/v1/runs/" + any);
            send(heartline.reports(), "GET", "/page/" + any);
        }
        await().untilAsserted(() -> assertThat(scrape(heartline.producer())).contains("uri=\"/v1/likes\""));

        for (Map.Entry<String, Set<String>> service : series().entrySet()) {
            Set<String> fresh = new HashSet<>(service.getValue());
            fresh.removeAll(before.get(service.getKey()));
            assertThat(fresh).as(service.getKey()).hasSizeLessThan(MOST_SERIES);
            assertThat(fresh).noneMatch(one -> one.contains("any-") || one.contains("MAKE"));
        }
    }

    /** Returns the series of each service, with their labels and without their values. */
    private static Map<String, Set<String>> series() throws Exception {
        Map<String, Set<String>> series = new HashMap<>();
        for (Map.Entry<String, Supplier<EmbeddedService>> service : services().entrySet()) {
            series.put(
                    service.getKey(),
                    new HashSet<>(scrape(service.getValue().get())
                            .lines()
                            .filter(line -> line.startsWith("heartline_") || line.startsWith("http_"))
                            .map(line -> line.substring(0, line.lastIndexOf(' ')))
                            .toList()));
        }
        return series;
    }

    private static String scrape(EmbeddedService service) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + "/actuator/prometheus"))
                .build();
        return HTTP.send(request, BodyHandlers.ofString()).body();
    }

    private static void send(EmbeddedService service, String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + path))
                .method(method, BodyPublishers.noBody())
                .build();
        HTTP.send(request, BodyHandlers.discarding());
    }
}
