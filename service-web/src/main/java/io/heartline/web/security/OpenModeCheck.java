package io.heartline.web.security;

import java.net.InetAddress;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Checks that a service without authentication listens on loopback only, unless {@code open-beyond-loopback} is set. */
final class OpenModeCheck {

    private OpenModeCheck() {}

    /** Reads the settings alone, so it can run before the service listens. */
    static void check(Environment environment, boolean isAllowedBeyondLoopback) {
        if (isAllowedBeyondLoopback) {
            return;
        }
        Binder settings = Binder.get(environment);
        requireLoopback(settings, "server.address");
        // on a port of its own the actuator ignores server.address, and listens on every interface by default
        if (ManagementPortType.get(environment) == ManagementPortType.DIFFERENT) {
            requireLoopback(settings, "management.server.address");
        }
    }

    private static void requireLoopback(Binder settings, String key) {
        InetAddress address = settings.bind(key, InetAddress.class).orElse(null);
        if (address == null || !address.isLoopbackAddress()) {
            throw new OpenBeyondLoopbackException(key, address);
        }
    }
}
