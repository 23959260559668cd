package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.HelpDefaults;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class EventProducerApplicationTest {

    @Test
    void help_namesTheSettingsAndTheirDefaults() {
        StringWriter out = new StringWriter();

        int exit = EventProducerApplication.commandLine()
                .setOut(new PrintWriter(out, true))
                .execute("--help");

        assertThat(exit).isZero();
        assertThat(out.toString()).startsWith("Usage: event-producer ").contains("event-producer.yml");
        HelpDefaults.assertMatch(out.toString(), "event-producer");
    }
}
