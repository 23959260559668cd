package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Under a steady load of likes and short-lived readers, no resource of the services grows. {@code -Dsoak.minutes=20} sets the
 * duration, of which the first two minutes are a warm-up. The ring may grow up to its size, which is so small that it is full
 * after the warm-up.
 */
@Tag("soak")
class SoakIT {

    private static final int MINUTES = Integer.getInteger("soak.minutes", 20);
    private static final int WARM_UP = 2;
    private static final Path TABLE = Path.of("target", "soak.md");

    @RegisterExtension
    static final Deployment HEARTLINE =
            Deployment.onJvms(ProcessStats.JVM_OPTIONS).withGateway("heartline.gateway.ring.size=4MB");

    @Test
    void steadyLoad_noResourceGrows() throws Exception {
        assertThat(MINUTES)
                .as("soak.minutes, which has to be long enough for a trend")
                .isGreaterThan(WARM_UP + 1);
        Map<String, ServiceProcess> services = new LinkedHashMap<>();
        services.put("event-producer", HEARTLINE.producer());
        services.put("push-gateway", HEARTLINE.gateway());
        services.put("report-batch", HEARTLINE.batch());
        Map<String, List<ProcessStats>> samples = new LinkedHashMap<>();
        services.keySet().forEach(name -> samples.put(name, new ArrayList<>()));
        try (Scenario scenario = new Scenario(HEARTLINE);
                ShortLivedReaders readers = scenario.shortLivedReaders()) {
            for (int minute = 1; minute <= MINUTES; minute++) {
                scenario.waitFor(Duration.ofMinutes(1));
                if (minute >= WARM_UP) {
                    for (Map.Entry<String, ServiceProcess> service : services.entrySet()) {
                        samples.get(service.getKey())
                                .add(ProcessStats.of(service.getValue().process()));
                    }
                }
            }
            assertThat(readers.haveReceivedHello()).isTrue();
            System.out.println("SEEN " + readers.started() + " short-lived readers");
            write(samples);
            scenario.assertConsistent(MINUTES + " minutes");
        }
        samples.forEach(
                (service, own) -> assertThat(GrowthLimit.values()).as(service).allSatisfy(measure -> assertThat(
                                measure.growth(own))
                        .as("more %s than %d minutes ago", measure.title, own.size() - 1)
                        .isLessThanOrEqualTo(measure.maxGrowth)));
    }

    private static void write(Map<String, List<ProcessStats>> samples) throws IOException {
        StringBuilder table = new StringBuilder(
                "| service | of | at %d min | at %d min | trend | may be |\n".formatted(WARM_UP, MINUTES));
        table.append("|---|---|---|---|---|---|\n");
        samples.forEach((service, own) -> {
            for (GrowthLimit measure : GrowthLimit.values()) {
                table.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.1f | %.1f | %+.1f | %+.0f |%n",
                        service,
                        measure.title,
                        measure.of(own.get(0)),
                        measure.of(own.get(own.size() - 1)),
                        measure.growth(own),
                        measure.maxGrowth));
            }
        });
        table.append("\nEach minute:\n\n| service | min |");
        for (GrowthLimit measure : GrowthLimit.values()) {
            table.append(' ').append(measure.title).append(" |");
        }
        table.append("\n|---|---|")
                .append("---|".repeat(GrowthLimit.values().length))
                .append('\n');
        samples.forEach((service, own) -> {
            for (int i = 0; i < own.size(); i++) {
                table.append("| ")
                        .append(service)
                        .append(" | ")
                        .append(WARM_UP + i)
                        .append(" |");
                for (GrowthLimit measure : GrowthLimit.values()) {
                    table.append(String.format(Locale.ROOT, " %.1f |", measure.of(own.get(i))));
                }
                table.append('\n');
            }
        });
        Files.writeString(TABLE, table);
        System.out.println(table);
    }
}
