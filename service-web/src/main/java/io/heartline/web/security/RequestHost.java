package io.heartline.web.security;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host of a {@code Host} header or of an absolute request target, without its port.
 *
 * @param name in lower case, without a dot at its end; an IPv6 address without brackets
 * @param isAddress whether it is an IP address, which needs no name server
 */
record RequestHost(String name, boolean isAddress) {

    /** RFC 3986's host and port, without percent-encoding and without characters that no host name contains. */
    private static final Pattern FORM = Pattern.compile(
            "(?:\\[(?<v6>[0-9A-Fa-f:.]{2,45})]|(?<name>[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*)\\.?)(?::(?<port>[0-9]{1,5}))?");

    private static final int MAX_PORT = 65_535;
    private static final int MAX_LENGTH = 253;
    private static final int MAX_TEXT_LENGTH = MAX_LENGTH + ".:65535".length();

    /** @throws IllegalArgumentException if the text is not a name or an address, with or without a port */
    static RequestHost parse(String text) {
        if (text.length()
                > MAX_TEXT_LENGTH) { // Java's matcher recurses for each label, so thousands overflow the stack
            throw new IllegalArgumentException("longer than any host");
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches() || port(form) > MAX_PORT) {
            throw new IllegalArgumentException("not a host");
        }
        String v6 = form.group("v6");
        if (v6 != null) {
            return address(v6);
        }
        String name = form.group("name").toLowerCase(Locale.ROOT);
        if (name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("longer than any name of a host");
        }
        return new RequestHost(name, NetUtil.isValidIpV4Address(name));
    }

    private static RequestHost address(String v6) {
        if (!NetUtil.isValidIpV6Address(v6)) {
            throw new IllegalArgumentException("not an IPv6 address");
        }
        return new RequestHost(v6.toLowerCase(Locale.ROOT), true);
    }

    private static int port(Matcher form) {
        return form.group("port") == null ? 0 : Integer.parseInt(form.group("port"));
    }
}
