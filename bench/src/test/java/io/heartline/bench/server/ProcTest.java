package io.heartline.bench.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ProcTest {

    @Test
    void cpuSeconds_growWithWork() {
        double before = Proc.ownCpuSeconds();
        for (long sum = 0; Proc.ownCpuSeconds() <= before; sum++) {
            assertThat(sum).isNotNegative();
        }

        assertThat(Proc.ownCpuSeconds()).isGreaterThan(before);
    }

    @Test
    void residentBytes_areVmRss() {
        assertThat(Proc.residentBytes("Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  123 kB\nRssAnon:\t 5 kB\n"))
                .isEqualTo(123 * 1024);
    }

    @Test
    void peakResidentBytes_areVmHwm() {
        assertThat(Proc.peakResidentBytes("Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  123 kB\n"))
                .isEqualTo(900 * 1024);
    }

    @Test
    void endedProcess_hasNoResidentBytes() {
        assertThatIllegalArgumentException().isThrownBy(() -> Proc.residentBytes("Name:\tnode\nState:\tZ (zombie)\n"));
    }

    @Test
    void slabBytes_areSlabOnly() {
        assertThat(Proc.slabBytes("MemTotal:  99 kB\nSlab:    7 kB\nSReclaimable:  5 kB\n"))
                .isEqualTo(7 * 1024);
    }

    @Test
    void tcpBytes_areThePagesOfTcpOnly() {
        String sockstat = """
                sockets: used 12
                TCP: inuse 1 orphan 0 tw 390 alloc 98 mem 176
                UDP: inuse 0 mem 5
                FRAG: inuse 0 memory 0
                """;

        assertThat(Proc.tcpBytes(sockstat)).isEqualTo(176 * 4096);
    }
}
