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
 * Creates a certificate authority for one test, and a certificate for loopback that it has signed. The folder has the files as
 * Kubernetes names them: {@code ca.crt}, {@code tls.crt} and {@code tls.key}. The file {@code tls.pem} has the key and the
 * certificate. The JDK's keytool generates all keys.
 */
public final class Certificates {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String AUTHORITY = "ca";
    private static final Base64.Encoder PEM =
            Base64.getMimeEncoder(64, System.lineSeparator().getBytes(StandardCharsets.US_ASCII));

    private final Path folder;
    private String current;

    /**
     * Creates the authority and the first certificate.
     *
     * @param folder an existing folder, to which the files are written
     * @throws Exception if keytool fails, or a file cannot be written
     */
    public Certificates(Path folder) throws Exception {
        this.folder = folder;
        make(AUTHORITY, "-dname", "CN=Test CA", "-ext", "bc:c");
        write("ca.crt", pem("CERTIFICATE", chain(AUTHORITY)[0].getEncoded()));
        renew("first");
    }

    /**
     * Replaces the certificate and its key with new ones of the same authority.
     *
     * @param name the certificate's common name, which no earlier certificate of this object has
     * @return the new certificate
     * @throws Exception if keytool fails, or a file cannot be written
     */
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

    /**
     * Returns the absolute path of a file in the folder.
     *
     * @param file the file's name, such as {@code ca.crt}
     * @return the path
     */
    public String path(String file) {
        return folder.resolve(file).toAbsolutePath().toString();
    }

    /**
     * Returns the key of the current certificate.
     *
     * @return the private key
     * @throws Exception if the key store cannot be read
     */
    public PrivateKey key() throws Exception {
        return (PrivateKey) privateKey(current);
    }

    /**
     * Returns the current certificate and the authority's, in this order.
     *
     * @return the chain
     * @throws Exception if the key store cannot be read
     */
    public X509Certificate[] chain() throws Exception {
        return chain(current);
    }

    /**
     * Returns the TLS context of a client that trusts only this authority.
     *
     * @return the context
     * @throws Exception if the key store cannot be read
     */
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

    /** Replaces a file atomically, so that a service that watches the folder never reads a part of it. */
    private void write(String file, String text) throws IOException {
        Path next = Files.writeString(folder.resolve(file + ".next"), text);
        Files.move(next, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String pem(String type, byte[] encoded) {
        return "-----BEGIN " + type + "-----\n" + PEM.encodeToString(encoded) + "\n-----END " + type + "-----\n";
    }
}
