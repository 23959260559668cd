package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.live.LiveAuthor.LatestErasures;
import io.heartline.reports.live.LiveAuthor.StoredRevision;
import io.heartline.reports.progress.Progress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

class LiveAuthorsTest {

    private static final String EPOCH = "k3f9x2ab";
    private static final YearWeek WEEK = YearWeek.of(2026, 47);
    private static final WeekCalendar CALENDAR = new WeekCalendar(ZoneOffset.UTC, Duration.ofHours(24));
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LiveMetrics metrics = new LiveMetrics(registry);
    private final List<String> loads = new ArrayList<>();
    private final LiveAuthors authors = new LiveAuthors(
            CALENDAR,
            LikeFixtures.HASH,
            new LiveLimits(2, 1_000_000, 1_000, new RefusalMetrics(registry)),
            metrics,
            (author, weeks) -> loads.add(author + weeks),
            JsonMapper.shared()::writeValueAsBytes);

    private YearWeek present = WEEK;
    private @Nullable Instant staleSince;
    private long now = Long.MAX_VALUE - 5 * SECOND; // the clock overflows during each test
    private long offset = 100;

    /** A client that reads as many events as it has requested. */
    private final class Client extends BaseSubscriber<byte[]> {

        final List<String> events = new ArrayList<>();
        LiveClient client;
        Throwable error;
        boolean isComplete;

        Client(WatchRequest request, long demand) {
            Flux.<byte[]>create(sink -> client = new LiveClient(request, sink, metrics, now))
                    .subscribe(this);
            request(demand);
            authors.attach(client);
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(byte[] event) {
            events.add(new String(event, StandardCharsets.UTF_8));
        }

        @Override
        protected void hookOnError(Throwable e) {
            error = e;
        }

        @Override
        protected void hookOnComplete() {
            isComplete = true;
        }

        List<String> names() {
            return events.stream()
                    .map(event -> event.replaceAll("(?s).*event: ([a-z]+)\n.*", "$1"))
                    .toList();
        }

        String last() {
            return events.get(events.size() - 1);
        }

        long lastLikes() {
            return Long.parseLong(last().replaceAll("(?s).*\"likes\":([0-9]+),\"unlikes\".*", "$1"));
        }
    }

    private WatchRequest request(String author) {
        return new WatchRequest(author, () -> present, Duration.ofSeconds(1), null, Duration.ZERO, null);
    }

    private Client watch(String author) {
        return new Client(request(author), Long.MAX_VALUE);
    }

    private static LiveAuthor state(String author, long next) {
        return state(author, next, 0);
    }

    private static LiveAuthor state(String author, long next, long likerErasures) {
        LiveAuthor state = new LiveAuthor(author, Progress.initial(0, EPOCH, 1, next));
        for (YearWeek week : List.of(WEEK.minusWeeks(1), WEEK, WEEK.plusWeeks(1))) {
            WeeklyReport report = new WeeklyReport(new ReportKey(week, author), EPOCH, 0);
            report.excludeLikers(likerErasures, liker -> 0);
            state.add(report);
        }
        return state;
    }

    /** Lets the tail follow the partition, and the loader answer for an author. */
    private void admit(String author) {
        authors.advance(0, offset);
        authors.admit(state(author, offset), false);
    }

    private void like(String author, String liker) {
        Instant at = WEEK.atDay(DayOfWeek.TUESDAY).atStartOfDay().toInstant(ZoneOffset.UTC);
        authors.fold(new Liked("e", "p", author, liker, at), offset);
        authors.advance(0, ++offset);
    }

    private void pass(Duration time) {
        now += time.toNanos();
        authors.publish(now);
        authors.tick(partition -> staleSince, now);
    }

    @Test
    void firstEvent_comesWhenTheStateIsLoaded() {
        Client alice = watch("alice");
        pass(Duration.ZERO);
        assertThat(alice.events).isEmpty();
        assertThat(loads).containsExactly("alice[" + WEEK + "]");

        admit("alice");
        pass(Duration.ZERO);

        assertThat(alice.names()).containsExactly("report");
        assertThat(alice.last())
                .startsWith("id: k3f9x2ab-0-99\nevent: report\ndata: {")
                .endsWith("}\n\n");
    }

    @Test
    void changes_comeAtMostOncePerInterval_withTheLatestFigures() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);
        like("alice", "bob");
        like("alice", "carol");

        pass(Duration.ofMillis(989));
        assertThat(alice.events).hasSize(1);
        assertThat(authors.publish(now)).isEqualTo(Duration.ofMillis(11).toNanos());
        pass(Duration.ofMillis(11));

        assertThat(alice.events).hasSize(2);
        assertThat(alice.lastLikes()).isEqualTo(2);
        pass(Duration.ofSeconds(5));
        assertThat(alice.events).as("nothing has changed since").hasSize(2);
    }

    @Test
    void lateLikeOfTheWeekBefore_changesTheReport() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);
        Instant lastWeek =
                WEEK.minusWeeks(1).atDay(DayOfWeek.FRIDAY).atStartOfDay().toInstant(ZoneOffset.UTC);

        authors.fold(new Liked("e", "p", "alice", "bob", lastWeek), offset);
        authors.advance(0, ++offset);
        pass(Duration.ofSeconds(1));

        assertThat(alice.events).hasSize(2);
        assertThat(alice.last()).contains("\"previous\":{\"week\":\"2026-W46\",\"likes\":1}");
    }

    @Test
    void firstChangeAfterAQuietTime_comesImmediately() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);
        pass(Duration.ofSeconds(5));

        like("alice", "bob");
        pass(Duration.ZERO);

        assertThat(alice.lastLikes()).isEqualTo(1);
    }

    @Test
    void clientWithALongInterval_delaysNoOtherClient() {
        Client slow = new Client(
                new WatchRequest("alice", () -> present, Duration.ofSeconds(60), null, Duration.ZERO, null), 100);
        Client fast = watch("alice");
        admit("alice");
        pass(Duration.ZERO);
        pass(Duration.ofSeconds(5));
        like("alice", "bob");
        pass(Duration.ofMillis(10));
        assertThat(fast.lastLikes()).isEqualTo(1);
        assertThat(slow.events).hasSize(1);

        pass(Duration.ofSeconds(1));
        like("alice", "carol");
        pass(Duration.ofMillis(10));

        assertThat(fast.lastLikes()).isEqualTo(2);
        pass(Duration.ofSeconds(60));
        assertThat(slow.events.stream().filter(event -> event.contains("event: report")))
                .hasSize(2);
    }

    @Test
    void clientsOfOneAuthor_shareOneState_andReceiveTheSameBytes() {
        List<Client> clients = List.of(watch("alice"), watch("alice"), watch("alice"));
        admit("alice");
        pass(Duration.ZERO);

        assertThat(loads).hasSize(1);
        assertThat(clients).allSatisfy(client -> assertThat(client.events).hasSize(1));
        assertThat(authors.watchedReports()).containsExactly(new ReportKey(WEEK, "alice"));
    }

    @Test
    void clientThatDoesNotRead_hasNoQueue_andReceivesThePresentOnceItReads() {
        Client alice = new Client(request("alice"), 1);
        admit("alice");
        pass(Duration.ZERO);
        for (int i = 0; i < 1_000; i++) {
            like("alice", "liker-" + i);
            pass(Duration.ofSeconds(1));
        }
        assertThat(alice.events).hasSize(1);

        alice.request(10);
        pass(Duration.ofSeconds(1));

        assertThat(alice.events.stream().filter(event -> event.contains("event: report")))
                .hasSize(2);
        assertThat(alice.events.get(1)).contains("\"likes\":1000,");
    }

    @Test
    void everyTwentySeconds_throughIsStated() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);
        offset += 7; // records of other authors
        authors.advance(0, offset);

        for (int i = 0; i < 41; i++) {
            pass(Duration.ofSeconds(1));
        }

        assertThat(alice.names()).containsExactly("report", "through", "through");
        assertThat(alice.last())
                .isEqualTo("id: k3f9x2ab-0-106\nevent: through\ndata: {\"through\":\"k3f9x2ab-0-106\"}\n\n");
    }

    @Test
    void staleStream_statesSinceWhen_untilRecordsAreReadAgain() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);

        staleSince = Instant.parse("2026-11-26T17:00:00.123456Z");
        for (int i = 0; i < 25; i++) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(alice.names()).containsExactly("report", "stale", "stale");
        assertThat(alice.last()).isEqualTo("event: stale\ndata: {\"since\":\"2026-11-26T17:00:00.123Z\"}\n\n");

        staleSince = null;
        pass(Duration.ofSeconds(1));
        assertThat(alice.names()).containsExactly("report", "stale", "stale", "through");
    }

    @Test
    void firstEvent_waitsForThePosition_andNoLongerThanTheTimeout() {
        Position awaited = new Position(EPOCH, 0, 101);
        Client first = new Client(
                new WatchRequest("alice", () -> present, Duration.ofSeconds(1), awaited, Duration.ofSeconds(30), null),
                10);
        Client second = new Client(
                new WatchRequest(
                        "alice",
                        () -> present,
                        Duration.ofSeconds(1),
                        new Position(EPOCH, 0, 999),
                        Duration.ofSeconds(30),
                        null),
                10);
        admit("alice");
        like("alice", "bob");
        pass(Duration.ofSeconds(1));
        assertThat(first.events).isEmpty();

        like("alice", "carol");
        pass(Duration.ofMillis(10));
        assertThat(first.lastLikes()).isEqualTo(2);
        assertThat(second.events).isEmpty();

        pass(Duration.ofSeconds(29));
        assertThat(second.lastLikes()).isEqualTo(2);
    }

    @Test
    void expiredToken_endsTheStream() {
        Client alice = new Client(
                new WatchRequest(
                        "alice", () -> present, Duration.ofSeconds(1), null, Duration.ZERO, Duration.ofSeconds(5)),
                10);
        admit("alice");
        pass(Duration.ofSeconds(4));
        assertThat(alice.isComplete).isFalse();

        pass(Duration.ofSeconds(1));

        assertThat(alice.names()).containsExactly("report", "expired");
        assertThat(alice.last()).isEqualTo("event: expired\ndata: {}\n\n");
        assertThat(alice.isComplete).isTrue();
        assertThat(authors.isEmpty()).isTrue();
    }

    @Test
    void newWeek_clientOfTheCurrentWeekFollowsTheCalendar() {
        Client alice = watch("alice");
        admit("alice");
        like("alice", "bob");
        pass(Duration.ZERO);
        assertThat(alice.last()).contains("\"week\":\"2026-W47\"");

        present = WEEK.plusWeeks(1);
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));

        assertThat(alice.last()).contains("\"week\":\"2026-W48\"", "\"previous\":{\"week\":\"2026-W47\",\"likes\":1}");
        assertThat(authors.watchedReports()).containsExactly(new ReportKey(WEEK.plusWeeks(1), "alice"));
    }

    @Test
    void rewoundPartition_countsNoRecordTwice_andThroughNeverGoesBack() {
        Client alice = watch("alice");
        admit("alice");
        like("alice", "bob");
        like("alice", "carol");
        pass(Duration.ZERO);
        Client zoe = watch("zoe");

        authors.rewind(0, 100);
        authors.admit(state("zoe", 100), false);
        pass(Duration.ofSeconds(20));

        assertThat(alice.last()).contains("k3f9x2ab-0-101");
        offset = 100;
        like("alice", "bob");
        like("alice", "carol");
        like("zoe", "dave");
        pass(Duration.ofSeconds(1));
        assertThat(alice.events.stream().filter(event -> event.contains("event: report")))
                .hasSize(1);
        assertThat(zoe.lastLikes()).isEqualTo(1);
    }

    @Test
    void outdatedState_isReplaced_andTheNewFiguresFollow() {
        Client alice = watch("alice");
        admit("alice");
        like("alice", "bob");
        pass(Duration.ZERO);

        Map<String, Set<YearWeek>> outdated =
                authors.update(Map.of(), Map.of(), Map.of("alice", new LatestErasures("mark", 0)));
        assertThat(outdated).containsExactly(Map.entry("alice", Set.of(WEEK)));
        authors.admit(state("alice", offset), true);
        pass(Duration.ofSeconds(1));

        assertThat(alice.events).hasSize(2);
        assertThat(alice.lastLikes()).isZero();
    }

    @Test
    void stateFromBeforeAnErasureOfALiker_isOutdated() {
        watch("alice");
        admit("alice");
        LatestErasures later = new LatestErasures(null, 8);
        assertThat(authors.update(Map.of(), Map.of(), Map.of("alice", later))).containsOnlyKeys("alice");
        LiveAuthor loaded = state("alice", offset, 8);

        authors.admit(loaded, true);

        assertThat(authors.update(Map.of(), Map.of(), Map.of("alice", later))).isEmpty();
        assertThat(authors.update(Map.of(), Map.of(), Map.of("alice", new LatestErasures(null, 9))))
                .containsOnlyKeys("alice");
        assertThat(authors.update(Map.of(), Map.of(), Map.of())).isEmpty();
    }

    @Test
    void replacedState_isSent_evenIfTheFiguresAreTheSame() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);

        authors.admit(state("alice", offset), true);
        pass(Duration.ofSeconds(1));

        assertThat(alice.names()).containsExactly("report", "report");
        pass(Duration.ofSeconds(5));
        assertThat(alice.events).hasSize(2);
    }

    @Test
    void resetOffsets_makeAStateOutdated() {
        watch("alice");
        admit("alice");
        Progress reset = new Progress(0, EPOCH, 1, 1, 0, null, null, null, null, null, null, null);

        assertThat(authors.update(Map.of(0, reset), Map.of(), Map.of())).containsOnlyKeys("alice");
        assertThat(authors.update(Map.of(0, Progress.initial(0, EPOCH, 1, 100)), Map.of(), Map.of()))
                .isEmpty();
    }

    /** Such a reset keeps the generation. The state may have the lost records, and no run can fold them. */
    @Test
    void lostRecords_makeAStateOutdated() {
        watch("alice");
        admit("alice");
        Progress lost = new Progress(0, EPOCH, 0, 1, 300, null, null, Instant.EPOCH, null, null, null, null);

        assertThat(authors.update(Map.of(0, lost), Map.of(), Map.of())).containsOnlyKeys("alice");
    }

    @Test
    void weekThatIsLoadedAfterAReset_leavesNoWeekWithoutReports() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);
        YearWeek past = WEEK.minusWeeks(20);
        Client another =
                new Client(new WatchRequest("alice", () -> past, Duration.ofSeconds(1), null, Duration.ZERO, null), 10);
        Progress reset = new Progress(0, EPOCH, 1, 1, offset, null, null, null, null, null, null, null);
        LiveAuthor loaded = new LiveAuthor("alice", reset);
        for (YearWeek week : List.of(past.minusWeeks(1), past)) {
            loaded.add(new WeeklyReport(new ReportKey(week, "alice"), EPOCH, 1));
        }
        loads.clear();

        authors.admit(loaded, false);
        like("alice", "bob");
        pass(Duration.ofSeconds(1));

        assertThat(another.names()).containsExactly("report");
        assertThat(alice.events).as("its week is loaded again first").hasSize(1);
        assertThat(loads).containsExactly("alice[" + WEEK + "]");
        LiveAuthor again = new LiveAuthor("alice", reset);
        for (YearWeek week : List.of(WEEK.minusWeeks(1), WEEK)) {
            again.add(new WeeklyReport(new ReportKey(week, "alice"), EPOCH, 1));
        }
        authors.admit(again, false);
        like("alice", "carol");
        pass(Duration.ofSeconds(1));
        assertThat(alice.lastLikes()).isEqualTo(1);
    }

    /** A client can disconnect before the tail's thread attaches it. */
    @Test
    void clientThatHasLeft_isNotAttached() {
        Client alice = watch("alice");
        alice.cancel();
        authors.detach(alice.client);

        authors.attach(alice.client);

        assertThat(authors.isEmpty()).isTrue();
    }

    @Test
    void sealedWeek_hasTheStoredRevision_andOneMoreForLaterLikes() {
        Instant afterGrace =
                WEEK.plusWeeks(2).atDay(DayOfWeek.MONDAY).atStartOfDay().toInstant(ZoneOffset.UTC);
        Progress sealed = new Progress(0, EPOCH, 0, 1, 100, null, afterGrace, null, null, null, null, null);
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);
        assertThat(alice.last()).contains("\"status\":\"open\",\"revision\":1");

        authors.update(Map.of(0, sealed), Map.of(new ReportKey(WEEK, "alice"), new StoredRevision(3, 0)), Map.of());
        pass(Duration.ofSeconds(1));
        assertThat(alice.last()).contains("\"status\":\"sealed\",\"revision\":3");
        like("alice", "bob");
        pass(Duration.ofSeconds(1));

        assertThat(alice.last()).contains("\"status\":\"sealed\",\"revision\":4");
    }

    @Test
    void moreAuthorsThanTheMaximum_areRefused_andRoomIsFreeAgainAfterwards() {
        Client alice = watch("alice");
        watch("bob");

        Client carol = watch("carol");
        assertThat(carol.error).hasMessageContaining("2 authors are watched").hasMessageContaining("live.authors");
        authors.detach(alice.client);

        assertThat(watch("dave").error).isNull();
    }

    @Test
    void failedLoad_refusesTheClientsThatWait() {
        Client alice = watch("alice");

        authors.refuse("alice", Set.of(WEEK), new IllegalStateException("Kafka does not answer"));

        assertThat(alice.error).hasMessage("Kafka does not answer");
        assertThat(authors.isEmpty()).isTrue();
    }

    @Test
    void failedReload_leavesOpenStreamsAsTheyAre() {
        Client alice = watch("alice");
        admit("alice");
        pass(Duration.ZERO);

        authors.refuse("alice", new HashSet<>(Set.of(WEEK)), new IllegalStateException("MongoDB does not answer"));
        like("alice", "bob");
        pass(Duration.ofSeconds(1));

        assertThat(alice.error).isNull();
        assertThat(alice.lastLikes()).isEqualTo(1);
    }
}
