package io.heartline.web.security;

import java.net.InetAddress;

/** A service in open mode would listen on an address that other machines reach, although the settings do not permit it. */
public final class OpenBeyondLoopbackException extends RuntimeException {

    private final String key;

    /** @param address null if the setting is missing, which means every interface */
    OpenBeyondLoopbackException(String key, InetAddress address) {
        super(key
                + (address == null ? " is not set, which means every interface" : " is " + address.getHostAddress())
                + ", and heartline.security.mode is open: there is no authentication, so every client that reaches the port"
                + " may do everything.");
        this.key = key;
    }

    /** Returns the key of the setting whose value is not permitted. */
    String key() {
        return key;
    }
}
