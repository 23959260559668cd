package io.heartline.web.security;

import java.net.InetAddress;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Nobody is asked who he is, so only this machine may ask, unless somebody has said that others may. */
final class OpenModeCheck {

    private OpenModeCheck() {}

    /** Looks at the settings alone, so that it can be done before anything listens. */
    static void check(Environment environment, boolean isAllowedBeyondLoopback) {
        if (isAllowedBeyondLoopback) {
            return;
        }
        Binder settings = Binder.get(environment);
        requireLoopback(settings, "server.address");
        // on a port of its own the actuator does not take over server.address: it listens everywhere unless told
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
