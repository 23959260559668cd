package io.heartline.web.security;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of access to a service. The YAML of each service documents them.
 *
 * @param mode whether requests need a token
 * @param openBeyondLoopback whether a service in open mode may listen on an address that other machines reach
 * @param allowedHosts names by which clients may call a port on which no token is checked. {@code *.} in front of a name stands for
 *     all names that end with it. IP addresses are always allowed
 * @param allowedOrigins pages whose scripts may send requests, each exactly as a browser sends it
 * @param authorClaim the claim of a token that names the author whose likes and reports are the caller's own
 * @param clockSkew the maximum difference between the clocks of the token issuer and of this machine
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

    /** Whether requests need a token. */
    public enum Mode {
        /** A client that reaches the port may do everything. */
        OPEN,
        /** A client needs a token, and may do what its scopes permit. */
        JWT
    }
}
