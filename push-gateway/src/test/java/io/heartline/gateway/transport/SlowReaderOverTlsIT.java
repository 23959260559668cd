package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Certificates;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.webtestclient.autoconfigure.WebTestClientBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Encrypted bytes that were not sent count as well: a client that does not read costs no more than without TLS. */
@Tag("slow")
@Import(SlowReaderOverTlsIT.Trust.class)
@TestPropertySource(properties = "heartline.web.request-timeout=3s")
class SlowReaderOverTlsIT extends SlowReaderIT {

    private static final int MAX_KEY_UPDATES = 1_000_000; // some 25 000 suffice

    @TempDir
    private static Path folder;

    private static Certificates certificates;

    @DynamicPropertySource
    static void tls(DynamicPropertyRegistry properties) throws Exception {
        certificates = new Certificates(folder);
        properties.add("server.ssl.certificate", () -> certificates.path("tls.crt"));
        properties.add("server.ssl.certificate-private-key", () -> certificates.path("tls.key"));
    }

    static class Trust {

        @Bean
        WebTestClientBuilderCustomizer trust() throws Exception {
            HttpClient trusting =
                    HttpClient.newBuilder().sslContext(certificates.trusting()).build();
            return client -> client.clientConnector(new JdkClientHttpConnector(trusting));
        }
    }

    @Override
    Socket connect() throws Exception {
        Socket plain = super.connect();
        SSLSocket socket =
                (SSLSocket) certificates.trusting().getSocketFactory().createSocket(plain, "localhost", port, true);
        socket.startHandshake();
        return socket;
    }

    /** Not tested again, because digests do not depend on TLS. */
    @Override
    void slowReaderThatContinues_hasExactSums_andHealthyReaderMissesNothing() {}

    /** Not tested again, because a later test disconnects a WebSocket as well. */
    @Override
    void stalledReader_isClosedWith1013() {}

    @Test
    void silentTlsConnection_isDisconnected() throws Exception {
        try (Socket silent = connect()) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** TLS 1.3 answers each key update with its own, without a check whether the channel is writable. */
    @Test
    void keyUpdatesOfAClientThatReadsNothing_endItsConnectionAt1Mebibyte() throws Exception {
        double before = closedUnread();
        try (SSLSocket socket = (SSLSocket) RawWebSocket.handshake(connect(), path)) {
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            byte[] text = RawWebSocket.frame(0x81, new byte[1]);
            double highest = 0;
            try {
                for (int i = 0; i < MAX_KEY_UPDATES; i++) {
                    socket.startHandshake(); // after the first handshake, a key update that asks for one of the server
                    socket.getOutputStream().write(text);
                    highest = Math.max(highest, unread());
                }
            } catch (IOException e) {
                assertThat(e).isInstanceOfAny(SocketException.class, SSLException.class);
            }

            await().untilAsserted(() -> assertThat(closedUnread()).isEqualTo(before + 1));
            assertThat(highest).isLessThanOrEqualTo(1024 * 1024);
        }
    }

    private double closedUnread() {
        return registry.get("heartline.gateway.closed")
                .tag("reason", "unread")
                .counter()
                .count();
    }

    private double unread() {
        return registry.get("heartline.gateway.unread").gauge().value();
    }
}
