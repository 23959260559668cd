package io.heartline.quickstart.backends;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority of a test's own, and a certificate by it for loopback, in a folder as {@code ca.crt}, {@code tls.crt} and
 * {@code tls.key}, as Kubernetes names them, and {@code tls.pem}, which is the latter two. Made by the keytool of the JDK
 * that runs.
 */
public final class Certificates {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String AUTHORITY = "ca";
    private static final Base64.Encoder PEM =
            Base64.getMimeEncoder(64, System.lineSeparator().getBytes(StandardCharsets.US_ASCII));

    private final Path folder;
    private String current;

    public Certificates(Path folder) throws Exception {
        this.folder = folder;
        make(AUTHORITY, "-dname", "CN=Test CA", "-ext", "bc:c");
        write("ca.crt", pem("CERTIFICATE", chain(AUTHORITY)[0].getEncoded()));
        renew("first");
    }

    /** Another certificate and key by the same authority, in place of those that there were. */
    public X509Certificate renew(String name) throws Exception {
        make(name, "-dname", "CN=" + name, "-ext", "san=dns:localhost,ip:127.0.0.1", "-signer", AUTHORITY);
        current = name;
        String key = pem("PRIVATE KEY", key().getEncoded());
        StringBuilder certificates = new StringBuilder();
        for (X509Certificate certificate : chain()) {
            certificates.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        write("tls.key", key);
        write("tls.crt", certificates.toString());
        write("tls.pem", key + certificates);
        return chain()[0];
    }

    public String path(String file) {
        return folder.resolve(file).toAbsolutePath().toString();
    }

    public PrivateKey key() throws Exception {
        return (PrivateKey) privateKey(current);
    }

    /** The authority's is the last. */
    public X509Certificate[] chain() throws Exception {
        return chain(current);
    }

    /** Of a client that trusts this authority and no other. */
    public SSLContext trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(AUTHORITY, chain(AUTHORITY)[0]);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private void make(String alias, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-keystore",
                store().toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
    }

    private Path store() {
        return folder.resolve("made.p12");
    }

    private Key privateKey(String alias) throws Exception {
        return load().getKey(alias, PASSWORD);
    }

    private X509Certificate[] chain(String alias) throws Exception {
        Certificate[] chain = load().getCertificateChain(alias);
        return Stream.of(chain).map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    /** All at once: whoever watches the folder must not read half of it. */
    private void write(String file, String text) throws IOException {
        Path next = Files.writeString(folder.resolve(file + ".next"), text);
        Files.move(next, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String pem(String type, byte[] encoded) {
        return "-----BEGIN " + type + "-----\n" + PEM.encodeToString(encoded) + "\n-----END " + type + "-----\n";
    }
}
