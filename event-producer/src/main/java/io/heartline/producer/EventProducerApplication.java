package io.heartline.producer;

import io.heartline.web.command.ServiceCommand;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import picocli.CommandLine;

/** The event producer: it accepts likes over HTTP and appends them to the topic. */
@SpringBootApplication
@EnableConfigurationProperties(ProducerSettings.class)
public class EventProducerApplication {

    private static final String HELP = """
            Accepts likes over HTTP and appends them to Kafka. It also starts while Kafka does not
            answer, and refuses likes until then.

            Every setting can be given as --KEY=VALUE, or in the environment: server.port is
            SERVER_PORT. These are the most important ones, with their defaults.

              spring.kafka.bootstrap-servers      127.0.0.1:9092         brokers, separated by commas
              server.port                         8081                   port for HTTP
              server.address                      127.0.0.1              address for HTTP
              heartline.security.mode             open                   jwt: requests need a token
              heartline.security.allowed-origins  http://localhost:8083  pages that may send requests
              heartline.producer.topic.name       likes                  created if it does not exist

            All settings, with comments, are in event-producer.yml in this jar. See also
            docs/operations.md, docs/security.md and docs/http.md.
            """;

    /**
     * Starts the service, or prints its help or its version.
     *
     * @param args {@code --help}, {@code --version}, or settings such as {@code --server.port=8081}
     */
    public static void main(String[] args) {
        System.setProperty("spring.config.name", "event-producer");
        ServiceCommand.execute(commandLine(), args);
    }

    static CommandLine commandLine() {
        return ServiceCommand.of("event-producer", EventProducerApplication.class, HELP);
    }
}
