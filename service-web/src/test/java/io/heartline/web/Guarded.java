package io.heartline.web;

import java.security.Principal;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** A service that has something to guard. */
class Guarded implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private Guarded(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static Guarded start(String... settings) {
        return new Guarded(new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "spring.security.oauth2.resourceserver.jwt.audiences=heartline",
                        "logging.level.reactor.netty.http.client.HttpClientConnect=error",
                        "management.endpoints.web.exposure.include=health,prometheus")
                .run(Stream.of(settings).map(setting -> "--" + setting).toArray(String[]::new)));
    }

    int port(String which) {
        return context.getEnvironment().getRequiredProperty("local." + which + ".port", Integer.class);
    }

    WebTestClient http() {
        return http("server");
    }

    WebTestClient http(String which) {
        return WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + port(which))
                .build();
    }

    @Override
    public void close() {
        context.close();
    }

    @EnableAutoConfiguration
    @Import({Things.class, RequestIds.class, EarlyProblems.class})
    static class Application {

        @Bean
        Access access(SecuritySettings settings) {
            return rules -> rules.pathMatchers("/things/{authorId}")
                    .access(new AuthorAccess("things:read", settings))
                    .pathMatchers("/write")
                    .access(Scope.anyOf("things:write"));
        }
    }

    @RestController
    static class Things {

        @GetMapping("/things/{authorId}")
        String of(@PathVariable String authorId) {
            return "the things of " + authorId;
        }

        @GetMapping("/write")
        String write(Principal who) {
            return "written by " + who.getName();
        }

        @GetMapping("/client")
        String client(ServerHttpRequest request) {
            return CallerAddress.of(request.getRemoteAddress()) + " asks " + request.getURI();
        }

        @GetMapping("/forgotten")
        String forgotten() {
            return "what no rule names";
        }
    }
}
