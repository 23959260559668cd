package io.heartline.gateway;

import io.heartline.web.command.ServiceCommand;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import picocli.CommandLine;

/** The push gateway: follows the topic and sends each like to its author's clients as soon as it is logged. */
@SpringBootApplication
@EnableConfigurationProperties(GatewaySettings.class)
public class PushGatewayApplication {

    private static final String HELP = """
            Follows the topic of likes, and sends each like to its author's clients over WebSocket,
            server-sent events and polls. It also starts while Kafka does not answer, and refuses
            clients until then.

            Every setting can be given as --KEY=VALUE, or in the environment: server.port is
            SERVER_PORT. These are the most important ones, with their defaults.

              spring.kafka.bootstrap-servers      127.0.0.1:9092         brokers, separated by commas
              server.port                         8082                   port for HTTP
              server.address                      127.0.0.1              address for HTTP
              heartline.security.mode             open                   jwt: requests need a token
              heartline.security.allowed-origins  http://localhost:8083  pages that may send requests
              heartline.gateway.topic             likes                  created by event-producer
              heartline.gateway.connections       20000                  the maximum

            All settings, with comments, are in push-gateway.yml in this jar. See also
            docs/operations.md, docs/security.md and docs/http.md.
            """;

    /**
     * Starts the service, or prints its help or its version.
     *
     * @param args {@code --help}, {@code --version}, or settings such as {@code --server.port=8082}
     */
    public static void main(String[] args) {
        System.setProperty("spring.config.name", "push-gateway");
        ServiceCommand.execute(commandLine(), args);
    }

    static CommandLine commandLine() {
        return ServiceCommand.of("push-gateway", PushGatewayApplication.class, HELP);
    }
}
