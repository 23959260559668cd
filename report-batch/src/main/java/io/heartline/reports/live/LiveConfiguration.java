package io.heartline.reports.live;

import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.erasure.LikerErasureStore;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.http.RequestLimits;
import io.heartline.reports.kafka.HighWatermarkLookup;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.security.SecuritySettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LiveSettings.class)
@ConditionalOnWebApplication // a command has no clients
class LiveConfiguration {

    /** By default, one caller with a token has a tenth of all permits. */
    private static final int DEFAULT_CLIENTS_DIVISOR = 10;

    @Bean
    ConcurrencyLimit liveClients(LiveSettings settings, SecuritySettings security, RefusalMetrics refusals) {
        int share = Math.max(1, settings.clients() / DEFAULT_CLIENTS_DIVISOR);
        int perCaller = ConcurrencyLimit.maxPerCaller(settings.clientsPerCaller(), share, security.mode());
        return RequestLimits.create(
                "live-clients",
                "heartline.reports.live.clients",
                "watch a report",
                settings.clients(),
                perCaller,
                refusals);
    }

    @Bean
    LiveReports liveReports(
            LiveSettings settings,
            ConcurrencyLimit liveClients,
            @ForRequests ReactiveMongoTemplate mongo,
            @ForRequests KafkaClients clients,
            HighWatermarkLookup logEnds,
            DatabaseSettings database,
            WeekCalendar calendar,
            KeyedHash hash,
            RefusalMetrics refusals,
            MeterRegistry registry,
            JsonMapper json) {
        ReportStore reports = new ReportStore(mongo);
        ProgressStore progress = new ProgressStore(mongo);
        ErasureStores erasures = new ErasureStores(
                new ErasureStore(mongo),
                new LikerErasureStore(mongo),
                reports,
                new ErasedChanges(new ChangeStore(mongo)),
                progress,
                hash,
                calendar);
        LiveLoader.Stores stores = new LiveLoader.Stores(reports, progress, erasures, database);
        LiveLimits limits =
                new LiveLimits(settings.authors(), settings.stateSize().toBytes(), settings.catchUp(), refusals);
        return new LiveReports(
                liveClients,
                stores,
                clients,
                logEnds,
                calendar,
                hash,
                limits,
                new LiveMetrics(registry),
                json::writeValueAsBytes,
                InstantSource.system());
    }
}
