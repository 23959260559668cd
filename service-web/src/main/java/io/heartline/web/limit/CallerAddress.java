package io.heartline.web.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** The name under which limits count a caller that has no token. */
public final class CallerAddress {

    private static final int BYTES = 16;
    private static final int NETWORK_BYTES = 8;

    private CallerAddress() {}

    /**
     * Returns an IPv4 address, or the /64 network of an IPv6 address, because one customer usually has all addresses of such a network.
     *
     * @param socket the address of the caller
     * @return the name, such as {@code 192.0.2.7} or {@code 2001:db8:0:0:0:0:0:0/64}; the host's name if the address is unresolved
     */
    public static String of(InetSocketAddress socket) {
        if (socket.isUnresolved()) {
            return socket.getHostString();
        }
        byte[] bytes = socket.getAddress().getAddress();
        InetAddress address = address(bytes); // Java makes an IPv4 address of ::ffff:10.0.0.1
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] network = Arrays.copyOf(Arrays.copyOf(bytes, NETWORK_BYTES), BYTES);
        return address(network).getHostAddress() + "/64";
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the bytes of an address are an address", e);
        }
    }
}
