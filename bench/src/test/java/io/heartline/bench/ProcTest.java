package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ProcTest {

    @Test
    void cpuSeconds_areUserAndSystemTime() {
        String stat = "42 (java) S 1 42 42 0 -1 4194304 9 0 0 0 1234 66 7 8 20 0 31 0 100 1 1";

        assertThat(Proc.cpuSeconds(stat)).isEqualTo(13.0);
    }

    @Test
    void aCommandWithBlanksAndBrackets_shiftsNoField() {
        String stat = "42 (a) b (c) S 1 42 42 0 -1 4194304 9 0 0 0 100 1 7 8 20 0 31 0 100 1 1";

        assertThat(Proc.cpuSeconds(stat)).isEqualTo(1.01);
    }

    @Test
    void residentBytes_areThoseOfVmRss() {
        assertThat(Proc.residentBytes("Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  123 kB\nRssAnon:\t 5 kB\n"))
                .isEqualTo(123 * 1024);
    }

    @Test
    void theMostThatAProcessEverTook_isItsHighWaterMark() {
        assertThat(Proc.peakResidentBytes("Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  123 kB\n"))
                .isEqualTo(900 * 1024);
    }

    @Test
    void aProcessThatHasEnded_hasNoResidentBytes() {
        assertThatIllegalArgumentException().isThrownBy(() -> Proc.residentBytes("Name:\tnode\nState:\tZ (zombie)\n"));
    }

    @Test
    void slabBytes_areThoseOfSlabAlone() {
        assertThat(Proc.slabBytes("MemTotal:  99 kB\nSlab:    7 kB\nSReclaimable:  5 kB\n"))
                .isEqualTo(7 * 1024);
    }

    @Test
    void tcpBytes_areThePagesOfTcpAlone() {
        String sockstat = """
                sockets: used 12
                TCP: inuse 1 orphan 0 tw 390 alloc 98 mem 176
                UDP: inuse 0 mem 5
                FRAG: inuse 0 memory 0
                """;

        assertThat(Proc.tcpBytes(sockstat)).isEqualTo(176 * 4096);
    }
}
