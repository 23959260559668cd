package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.quickstart.backends.Certificates;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.webtestclient.autoconfigure.WebTestClientBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** What is encrypted and not yet sent counts as well: a reader that does not read costs no more than without TLS. */
@Import(SlowReaderOverTlsIT.Trust.class)
@TestPropertySource(properties = "heartline.web.request-timeout=3s")
class SlowReaderOverTlsIT extends SlowReaderIT {

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

    /** Not asked again: the sums are made before anything is encrypted. */
    @Override
    void aReaderThatReadsOn_hasExactSums_andAHealthyOneMissedNothing() {}

    /** Not asked again: the WebSocket below is sent away as well. */
    @Override
    void aReaderThatReadsNothingForTooLong_isSentAway() {}

    @Test
    void aConnectionThatSaysNothingOnceItIsSecured_isCutOff() throws Exception {
        try (Socket silent = connect()) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }
}
