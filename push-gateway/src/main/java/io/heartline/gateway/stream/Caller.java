package io.heartline.gateway.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a request, as limits count it.
 *
 * @param name a token's subject, or an address without a token
 * @param expiresIn how long the caller's token is valid; null if it does not expire
 */
public record Caller(String name, @Nullable Duration expiresIn) {

    /**
     * Returns a caller whose token does not expire during the request.
     *
     * @param name a token's subject, or an address without a token
     * @return the caller
     */
    public static Caller named(String name) {
        return new Caller(name, null);
    }
}
