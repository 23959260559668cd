package io.heartline.reports.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.heartline.web.problem.RequestIds;
import io.heartline.web.security.AuthorAccess;
import io.heartline.web.security.SecuritySettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.ErrorResponseException;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/** Each way in which a request can end, and its audit line. */
class AuditFilterTest {

    private static final String RUNS = "/v1/runs";
    private static final String AUTHOR = "/v1/authors/alice";
    private static final String REPORTS = AUTHOR + "/reports";

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.NAME);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    private List<String> logged() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static AuditFilter filter(String mode) {
        SecuritySettings settings = new Binder(
                        new MapConfigurationPropertySource(Map.of("heartline.security.mode", mode)))
                .bindOrCreate("heartline.security", SecuritySettings.class);
        return new AuditFilter(
                new AuditLog(),
                new AuthorAccess("reports:read", settings),
                settings.mode() == SecuritySettings.Mode.OPEN);
    }

    private static MockServerWebExchange exchange(HttpMethod method, String path) {
        MockServerWebExchange exchange = MockServerWebExchange.from(
                MockServerHttpRequest.method(method, path).remoteAddress(new InetSocketAddress("192.0.2.7", 4711)));
        exchange.getResponse().getHeaders().set(RequestIds.HEADER, "id-1");
        return exchange;
    }

    private static Mono<Void> answered(ServerHttpResponse response, HttpStatus status) {
        response.setStatusCode(status);
        return response.setComplete();
    }

    private void end(HttpMethod method, String path, HttpStatus status) {
        MockServerWebExchange exchange = exchange(method, path);
        filter("open")
                .filter(exchange, handled -> answered(handled.getResponse(), status))
                .block();
    }

    @Test
    void change_isLogged_unlessRefusedWith4xx() {
        end(HttpMethod.POST, RUNS, HttpStatus.ACCEPTED);
        end(HttpMethod.POST, RUNS, HttpStatus.SERVICE_UNAVAILABLE);
        end(HttpMethod.DELETE, AUTHOR, HttpStatus.SERVICE_UNAVAILABLE);
        end(HttpMethod.DELETE, AUTHOR, HttpStatus.BAD_REQUEST);

        assertThat(logged())
                .containsExactly(
                        "{\"action\":\"run\",\"target\":\"/v1/runs\",\"address\":\"192.0.2.7\",\"requestId\":\"id-1\",\"status\":202}",
                        "{\"action\":\"run\",\"target\":\"/v1/runs\",\"address\":\"192.0.2.7\",\"requestId\":\"id-1\",\"status\":503}",
                        "{\"action\":\"erase\",\"author\":\"alice\",\"target\":\"/v1/authors/alice\",\"address\":\"192.0.2.7\","
                                + "\"requestId\":\"id-1\",\"status\":503}");
    }

    @Test
    void erasureOfALiker_isLoggedWithoutTheLiker() {
        end(HttpMethod.DELETE, AUTHOR + "/likers/bob-4711", HttpStatus.NO_CONTENT);
        end(HttpMethod.DELETE, AUTHOR + "/likers/bob-4711", HttpStatus.NOT_FOUND);
        end(HttpMethod.DELETE, AUTHOR + "/likers/bob-4711/more", HttpStatus.NO_CONTENT);

        assertThat(logged())
                .containsExactly(
                        "{\"action\":\"erase\",\"author\":\"alice\",\"target\":\"/v1/authors/alice/likers\",\"address\":\"192.0.2.7\","
                                + "\"requestId\":\"id-1\",\"status\":204}");
    }

    @Test
    void change_clientDisconnects_isLoggedWithoutStatus() {
        filter("open")
                .filter(exchange(HttpMethod.DELETE, AUTHOR), handled -> Mono.never())
                .subscribe()
                .dispose();

        assertThat(logged())
                .containsExactly(
                        "{\"action\":\"erase\",\"author\":\"alice\",\"target\":\"/v1/authors/alice\",\"address\":\"192.0.2.7\","
                                + "\"requestId\":\"id-1\"}");
    }

    @Test
    void change_fails_isLoggedWithTheStatusOfTheProblem() {
        for (RuntimeException e :
                List.of(new ErrorResponseException(HttpStatus.GATEWAY_TIMEOUT), new IllegalStateException())) {
            filter("open")
                    .filter(exchange(HttpMethod.POST, RUNS), handled -> Mono.error(e))
                    .onErrorComplete()
                    .block();
        }

        assertThat(logged()).hasSize(2);
        assertThat(logged().get(0)).endsWith("\"status\":504}");
        assertThat(logged().get(1)).endsWith("\"status\":500}");
    }

    @Test
    void abortedExport_isLoggedAsIncomplete() {
        filter("open")
                .filter(exchange(HttpMethod.GET, REPORTS), handled -> {
                    handled.getResponse().getHeaders().set("Content-Disposition", "attachment; filename=\"x.csv\"");
                    return answered(handled.getResponse(), HttpStatus.OK).then(Mono.never());
                })
                .subscribe()
                .dispose();

        assertThat(logged())
                .containsExactly(
                        "{\"action\":\"export\",\"author\":\"alice\",\"target\":\"/v1/authors/alice/reports\",\"address\":\"192.0.2.7\","
                                + "\"requestId\":\"id-1\",\"status\":200,\"complete\":false}");
    }

    /** Reactor Netty cancels the body and completes normally. */
    @Test
    void exportWhoseClientDisconnects_isLoggedAsIncomplete() {
        MockServerWebExchange exchange = exchange(HttpMethod.GET, REPORTS);
        exchange.getResponse().setWriteHandler(body -> body.take(1).then());

        export(exchange, Flux::never).block();

        assertThat(logged()).hasSize(1);
        assertThat(logged().get(0)).endsWith("\"status\":200,\"complete\":false}");
    }

    @Test
    void exportWhoseErrorIsIgnored_isLoggedAsIncomplete() {
        export(exchange(HttpMethod.GET, REPORTS), () -> Flux.error(new IOException("Broken pipe")))
                .block();

        assertThat(logged()).hasSize(1);
        assertThat(logged().get(0)).endsWith("\"status\":200,\"complete\":false}");
    }

    @Test
    void exportToItsEnd_isLoggedAsComplete() {
        export(exchange(HttpMethod.GET, REPORTS), Flux::empty).block();

        assertThat(logged()).hasSize(1);
        assertThat(logged().get(0)).endsWith("\"status\":200,\"complete\":true}");
    }

    private static Mono<Void> export(MockServerWebExchange exchange, Supplier<Flux<DataBuffer>> rest) {
        return filter("open").filter(exchange, handled -> {
            ServerHttpResponse response = handled.getResponse();
            response.getHeaders().set("Content-Disposition", "attachment; filename=\"x.csv\"");
            response.setStatusCode(HttpStatus.OK);
            DataBuffer first = response.bufferFactory().allocateBuffer(1);
            return response.writeWith(Flux.concat(Mono.just(first), rest.get())).onErrorComplete();
        });
    }

    @Test
    void streamOfEvents_isLoggedOnce_whenItStarts() {
        Principal analyst = () -> "analyst";
        Sinks.Many<DataBuffer> events = Sinks.many().unicast().onBackpressureBuffer();
        MockServerWebExchange exchange = exchange(HttpMethod.GET, REPORTS + "/current");
        Disposable stream = filter("jwt")
                .filter(exchange.mutate().principal(Mono.just(analyst)).build(), handled -> {
                    handled.getResponse().getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
                    handled.getResponse().setStatusCode(HttpStatus.OK);
                    return handled.getResponse()
                            .writeAndFlushWith(events.asFlux().map(Mono::just));
                })
                .subscribe();
        assertThat(logged()).as("no figures are sent yet").isEmpty();

        events.tryEmitNext(exchange.getResponse().bufferFactory().allocateBuffer(1));
        assertThat(logged())
                .containsExactly("{\"action\":\"read\",\"author\":\"alice\",\"target\":\"" + REPORTS + "/current\","
                        + "\"subject\":\"analyst\",\"requestId\":\"id-1\",\"status\":200}");

        stream.dispose();
        assertThat(logged()).hasSize(1);
    }

    @Test
    void streamThatIsRefused_isNotLogged() {
        Principal analyst = () -> "analyst";
        filter("jwt")
                .filter(
                        exchange(HttpMethod.GET, REPORTS + "/current")
                                .mutate()
                                .principal(Mono.just(analyst))
                                .build(),
                        handled -> {
                            handled.getResponse().getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
                            handled.getResponse().setStatusCode(HttpStatus.OK);
                            return handled.getResponse()
                                    .writeAndFlushWith(
                                            Flux.error(new ErrorResponseException(HttpStatus.SERVICE_UNAVAILABLE)));
                        })
                .onErrorComplete()
                .block();

        assertThat(logged()).isEmpty();
    }

    @Test
    void read_clientDisconnectsBeforeTheAnswer_isNotLogged() {
        Principal analyst = () -> "analyst";
        filter("jwt")
                .filter(
                        exchange(HttpMethod.GET, REPORTS)
                                .mutate()
                                .principal(Mono.just(analyst))
                                .build(),
                        handled -> Mono.never())
                .subscribe()
                .dispose();

        assertThat(logged()).isEmpty();
    }

    @Test
    void everyPathOfReports_isAuditedAsARead() {
        Principal analyst = () -> "analyst";
        for (String path :
                List.of(REPORTS, REPORTS + "/current", AUTHOR + "/later", "/v1/reports/later/on", "/page/x")) {
            filter("jwt")
                    .filter(
                            exchange(HttpMethod.GET, path)
                                    .mutate()
                                    .principal(Mono.just(analyst))
                                    .build(),
                            handled -> answered(handled.getResponse(), HttpStatus.OK))
                    .block();
        }

        assertThat(logged())
                .hasSize(4)
                .allMatch(line -> line.startsWith("{\"action\":\"read\"") && line.contains("\"subject\":\"analyst\""));
    }

    @Test
    void auditLine_hasPrintableAsciiOnly() {
        Principal forger = () -> "x\n\u0000\u001b[31m\u007f\u0085\u2028\u202e\ud800\"\\";
        filter("jwt")
                .filter(
                        exchange(HttpMethod.GET, REPORTS)
                                .mutate()
                                .principal(Mono.just(forger))
                                .build(),
                        handled -> answered(handled.getResponse(), HttpStatus.OK))
                .block();

        assertThat(logged()).hasSize(1);
        assertThat(logged().get(0)).matches("[ -~]+");
        assertThat(JsonMapper.shared().readTree(logged().get(0)).path("subject").stringValue())
                .isEqualTo(forger.getName());
    }
}
