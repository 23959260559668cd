package io.heartline.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may do what.
 *
 * @param openBeyondLoopback whether an open service may listen on an address that others reach
 */
@ConfigurationProperties("heartline.security")
record SecuritySettings(@DefaultValue("open") Mode mode, boolean openBeyondLoopback) {

    enum Mode {
        /** Whoever reaches the port may do everything. */
        OPEN
    }
}
