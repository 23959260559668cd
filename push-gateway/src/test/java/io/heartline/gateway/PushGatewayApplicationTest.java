package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.HelpDefaults;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PushGatewayApplicationTest {

    @Test
    void help_namesTheSettingsAndTheirDefaults() {
        StringWriter out = new StringWriter();

        int exit = PushGatewayApplication.commandLine()
                .setOut(new PrintWriter(out, true))
                .execute("--help");

        assertThat(exit).isZero();
        assertThat(out.toString()).startsWith("Usage: push-gateway ").contains("push-gateway.yml");
        HelpDefaults.assertMatch(out.toString(), "push-gateway");
    }
}
