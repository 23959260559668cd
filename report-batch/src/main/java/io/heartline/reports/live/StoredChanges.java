package io.heartline.reports.live;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.erasure.LikerErasureService;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.live.LiveAuthor.LatestErasures;
import io.heartline.reports.live.LiveAuthor.StoredRevision;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.read.ReportView;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.threeten.extra.YearWeek;

/**
 * Finds what runs and operators have stored since the watched reports were loaded: progress, corrections of sealed weeks, erasures, and
 * offsets that were reset. Confined to the loader's thread.
 */
final class StoredChanges {

    private static final Logger logger = LoggerFactory.getLogger(StoredChanges.class);

    private final LiveLoader.Stores stores;
    private final WeekCalendar calendar;
    private Map<Integer, Progress> latestProgress = Map.of();

    StoredChanges(LiveLoader.Stores stores, WeekCalendar calendar) {
        this.stores = stores;
        this.calendar = calendar;
    }

    /** Hands the changes to the watched authors, and loads outdated states again. While MongoDB does not answer, streams continue. */
    void apply(LiveAuthors authors, LiveTail tail, LiveLoader loader) {
        Set<ReportKey> watched = tail.call(authors::watchedReports);
        if (watched.isEmpty()) {
            loader.close();
            latestProgress = Map.of();
            return;
        }
        try {
            await(stores.settings().checkStored());
            Map<Integer, Progress> progress = await(stores.progress().all());
            Map<ReportKey, StoredRevision> revisions =
                    progress.equals(latestProgress) ? Map.of() : sealedRevisions(watched, ReportView.asOf(progress));
            Map<String, LatestErasures> erasures = latestErasures(watched);
            Map<String, Set<YearWeek>> outdated = tail.call(() -> {
                Map<String, Set<YearWeek>> found = new HashMap<>(authors.update(progress, revisions, erasures));
                found.putAll(authors.watchedIn(tail.lostPartitions()));
                return found;
            });
            latestProgress = progress;
            if (!outdated.isEmpty()) {
                loader.reload(outdated, authors, tail);
            }
        } catch (DifferentSettingsException e) {
            logger.warn("live reports end: {}", e.getMessage());
            tail.execute(authors::endAll);
        } catch (RuntimeException e) {
            logger.debug("changes of stored reports are not read: {}", Failures.describe(e));
        }
    }

    private Map<ReportKey, StoredRevision> sealedRevisions(Set<ReportKey> watched, @Nullable Instant asOf) {
        List<ReportKey> sealed = watched.stream()
                .filter(key -> calendar.isSealed(key.week(), asOf))
                .toList();
        Map<ReportKey, StoredRevision> revisions = new HashMap<>();
        if (!sealed.isEmpty()) {
            await(stores.reports().figures(sealed).collectList())
                    .forEach(figures -> revisions.put(figures.key(), StoredRevision.of(figures)));
        }
        return revisions;
    }

    private Map<String, LatestErasures> latestErasures(Set<ReportKey> watched) {
        Set<String> authorIds = watched.stream().map(ReportKey::authorId).collect(Collectors.toSet());
        Map<String, Erasure> authors = await(stores.erasures().authors().find(authorIds));
        Map<String, Long> likers =
                LikerErasureService.latestNumbers(stores.erasures().likers(), authorIds);
        return authorIds.stream()
                .collect(Collectors.toMap(
                        id -> id, id -> LatestErasures.of(authors.get(id), likers.getOrDefault(id, 0L))));
    }
}
