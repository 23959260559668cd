package io.heartline.web.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "::ffff:10.0.0.1, 10.0.0.1",
        "2001:db8:1:2::1, 2001:db8:1:2:0:0:0:0/64",
        "2001:db8:1:2:ffff:ffff:ffff:ffff, 2001:db8:1:2:0:0:0:0/64",
        "2001:db8:1:3::1, 2001:db8:1:3:0:0:0:0/64",
    })
    void name_isTheIpv4Address_orTheIpv6Network(String address, String name) {
        assertThat(CallerAddress.of(new InetSocketAddress(address, 4711))).isEqualTo(name);
    }

    @Test
    void unresolvedAddress_nameIsUsed() {
        assertThat(CallerAddress.of(InetSocketAddress.createUnresolved("likes.example.com", 1)))
                .isEqualTo("likes.example.com");
    }
}
