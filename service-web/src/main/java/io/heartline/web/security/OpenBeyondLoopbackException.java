package io.heartline.web.security;

import java.net.InetAddress;

/** The service would be open to others than this machine, and nobody has said that it may be. */
public final class OpenBeyondLoopbackException extends RuntimeException {

    private final String key;

    /** @param address none if it is not set, which means all there are */
    OpenBeyondLoopbackException(String key, InetAddress address) {
        super(key
                + (address == null ? " is not set, which means every interface" : " is " + address.getHostAddress())
                + ", and heartline.security.mode is open: there is no authentication, so whoever reaches the port may do"
                + " everything.");
        this.key = key;
    }

    /** Of the setting that would have to be another. */
    String key() {
        return key;
    }
}
