package io.heartline.web.security;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may do what; each service's YAML documents each.
 *
 * @param openBeyondLoopback whether an open service may listen on an address that others reach
 * @param allowedHosts names by which clients may call a port on which no token is checked; {@code *.} in front of a name stands
 *     for all names that end with it. IP addresses are always allowed
 * @param allowedOrigins pages whose scripts may ask, each exactly as a browser sends it
 * @param authorClaim of a token: the author whose likes and reports are its own
 * @param clockSkew by how much the clock of whoever issues tokens may differ from this machine's
 */
@ConfigurationProperties("heartline.security")
public record SecuritySettings(
        @DefaultValue("open") Mode mode,
        boolean openBeyondLoopback,
        @DefaultValue({"localhost", "*.localhost"}) List<String> allowedHosts,

        @DefaultValue({"http://localhost:8083", "http://127.0.0.1:8083"})
        List<String> allowedOrigins,

        @DefaultValue("sub") String authorClaim,
        @DefaultValue("30s") Duration clockSkew) {

    public enum Mode {
        /** Whoever reaches the port may do everything. */
        OPEN,
        /** Whoever brings a token may do what its scopes open. */
        JWT
    }
}
