package io.heartline.web.security;

import java.net.IDN;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The names by which clients may call a service that checks no token. IP addresses are always allowed. A hostile page needs a name
 * that it lets resolve to this machine (DNS rebinding) to appear as a page of this service.
 */
final class AllowedHosts {

    static final String KEY = "heartline.security.allowed-hosts";

    private static final String SUBDOMAINS = "*.";

    private final Set<String> names = new HashSet<>();
    private final List<String> suffixes = new ArrayList<>();

    /**
     * @param entries names as users know them; {@code *.example.com} stands for all names that end with {@code .example.com}
     * @throws InvalidConfigurationPropertyValueException if an entry is neither
     */
    AllowedHosts(List<String> entries) {
        for (String entry : entries) {
            if (entry.startsWith(SUBDOMAINS)) {
                suffixes.add('.' + name(entry.substring(SUBDOMAINS.length()), entry));
            } else {
                names.add(name(entry, entry));
            }
        }
    }

    boolean contains(RequestHost host) {
        return host.isAddress()
                || names.contains(host.name())
                || suffixes.stream().anyMatch(host.name()::endsWith);
    }

    /** Returns a name as clients send it: international names in their ASCII form, in lower case. */
    private static String name(String name, String entry) {
        try {
            RequestHost host = RequestHost.parse(IDN.toASCII(name));
            if (name.indexOf(':') < 0) {
                return host.name();
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new InvalidConfigurationPropertyValueException(
                KEY, entry, "Each entry is the name of a host, without a scheme and a port, such as app.example.com.");
    }
}
