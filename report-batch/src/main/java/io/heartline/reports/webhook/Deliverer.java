package io.heartline.reports.webhook;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.read.feed.FeedItem;
import io.heartline.reports.read.feed.FeedReader;
import io.heartline.web.problem.ApiException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.json.JsonMapper;

/**
 * Delivers changes from a stored place on, until it may not continue. It moves the place only over messages that are all acknowledged. If
 * the feed cannot be continued there, it stores a restart and ends. Confined to one thread.
 */
final class Deliverer {

    private static final Logger logger = LoggerFactory.getLogger(Deliverer.class);

    /** The number of changes that are read together. */
    private static final int CHANGES_PER_READ = 100;

    /** The interval of reads at the end of the feed. */
    private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Sending ends after this time to renew the lease. */
    private static final long MAX_SENDING_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The interval of writes of the place. A crash repeats the messages in between. */
    private static final long STORE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long the end of deliveries waits for requests in flight. */
    private static final long FINISH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Parts parts;
    private final WebhookStore.Position position;
    private final Window window;
    private final FreshStarts freshStarts;
    private final Requests requests = new Requests();
    private long storedNumber;
    private long storedAtNanos;
    private long nextReadNanos;
    private long pausedUntilNanos;
    private boolean isFailureLogged;
    private boolean isReplaced;

    /**
     * What deliveries need.
     *
     * @param reader reads the feed as clients do
     * @param feed the id of the feed
     * @param store has the place
     * @param client sends messages
     * @param requests the maximum number of concurrent requests
     * @param backoff the time before a retry
     * @param maxAge a change that was read earlier is read again before it is sent, so that figures of an erased author are not sent
     * @param json writes messages
     * @param metrics of this instance
     * @param clock the time of a restart
     * @param nanos a monotonic clock
     */
    record Parts(
            FeedReader reader,
            FeedStore feed,
            WebhookStore store,
            WebhookClient client,
            int requests,
            Backoff backoff,
            Duration maxAge,
            JsonMapper json,
            WebhookMetrics metrics,
            InstantSource clock,
            LongSupplier nanos) {}

    /** @param position the stored place */
    Deliverer(Parts parts, WebhookStore.Position position) {
        this.parts = parts;
        this.position = position;
        this.window = new Window(position.cursor());
        this.freshStarts = new FreshStarts(parts.requests(), parts.backoff());
        this.storedNumber = position.cursor().number();
        long now = parts.nanos().getAsLong();
        this.storedAtNanos = now;
        this.nextReadNanos = now;
        this.pausedUntilNanos = now;
        if (!position.isAnnounced()) {
            window.add(List.of(Delivery.restarted(position.restartedAt())), position.cursor());
        }
    }

    /**
     * Delivers changes. When it ends, also by an exception, no request is in flight.
     *
     * @param mayContinue asked about once a second
     */
    void run(BooleanSupplier mayContinue) throws InterruptedException {
        List<Requests.Completed> last;
        try {
            while (!isReplaced && mayContinue.getAsBoolean()) {
                turn();
            }
        } finally {
            last = requests.finish(FINISH_NANOS);
        }
        last.forEach(this::handle);
        store(0);
    }

    private void turn() throws InterruptedException {
        try {
            read();
            send();
        } catch (ApiException e) {
            startOver(e);
            return;
        }
        Requests.Completed next = requests.poll(pauseNanos());
        while (next != null) {
            handle(next);
            next = requests.poll(0);
        }
        store(STORE_NANOS);
        parts.metrics().update(window);
    }

    /** Returns whether more changes are needed now. Changes that are read early would be read again before they are sent. */
    private boolean mayRead(long now) {
        boolean isRestartPending = window.oldest() != null && window.oldest().isRestart();
        return !isRestartPending
                && window.startable() < parts.requests()
                && window.room() >= CHANGES_PER_READ
                && nextReadNanos - now <= 0;
    }

    private void read() {
        long now = parts.nanos().getAsLong();
        if (mayRead(now)) {
            FeedReader.Page page = await(parts.reader().read("cursor", window.end(), CHANGES_PER_READ));
            window.add(page.items().stream().map(item -> Delivery.of(item, now)).toList(), page.next());
            if (!page.isMoved()) {
                nextReadNanos = now + POLL_NANOS;
            }
        }
    }

    private void send() {
        long start = parts.nanos().getAsLong();
        long now = start;
        while (requests.size() < parts.requests() && pausedUntilNanos - now <= 0 && now - start < MAX_SENDING_NANOS) {
            Delivery delivery = window.next(now, freshStarts.isAllowed(requests.size(), now));
            if (delivery == null) {
                return;
            }
            Message message = message(delivery, now);
            if (message == null) {
                window.acknowledge(delivery);
            } else {
                requests.start(delivery, parts.client().post(message));
            }
            now = parts.nanos().getAsLong();
        }
    }

    /** Returns null if the feed no longer has the change, or skips it because its author was erased. */
    private @Nullable Message message(Delivery delivery, long now) {
        if (delivery.isRestart()) {
            return Message.restarted(position.restart(), position.restartedAt(), parts.json());
        }
        if (delivery.ageNanos(now) > parts.maxAge().toNanos()) {
            FeedCursor before = position.cursor().at(delivery.number - 1);
            List<FeedItem> items =
                    await(parts.reader().read("cursor", before, 1)).items();
            if (items.isEmpty() || !items.get(0).cursor().equals(delivery.item().cursor())) {
                return null;
            }
            delivery.refresh(items.get(0), now);
        }
        return Message.of(delivery.item(), parts.json());
    }

    private long pauseNanos() {
        long now = parts.nanos().getAsLong();
        boolean isPaused = pausedUntilNanos - now > 0;
        if (isPaused || requests.size() == parts.requests()) {
            return POLL_NANOS;
        }
        return mayRead(now) ? 0 : Math.max(0, window.untilRetry(now, POLL_NANOS));
    }

    private void handle(Requests.Completed completion) {
        Delivery delivery = completion.delivery();
        Outcome outcome = completion.outcome();
        if (outcome.cause() == null) {
            acknowledged(delivery);
        } else {
            failed(delivery, outcome, outcome.cause());
        }
    }

    private void acknowledged(Delivery delivery) {
        if (delivery.isRestart()) {
            isReplaced |= !await(parts.store().announced(position));
        }
        ChangeReason reason = delivery.isRestart() ? null : delivery.item().reason();
        parts.metrics().delivered(reason);
        window.acknowledge(delivery);
        if (freshStarts.succeeded()) {
            window.retryNow(parts.nanos().getAsLong());
        }
        if (isFailureLogged && window.longestFailing() == null) {
            isFailureLogged = false;
            logger.info(
                    "the webhook {} acknowledges all messages again",
                    parts.client().origin());
        }
    }

    private void failed(Delivery delivery, Outcome outcome, FailureCause cause) {
        long now = parts.nanos().getAsLong();
        parts.metrics().failed(cause);
        if (delivery.failures() == 0) {
            freshStarts.firstAttemptFailed(now);
        }
        Duration retryAfter = outcome.retryAfter();
        long delay = (retryAfter == null ? parts.backoff().after(delivery.failures() + 1) : retryAfter).toNanos();
        window.fail(delivery, now, now + delay);
        if (retryAfter != null && now + delay - pausedUntilNanos > 0) {
            pausedUntilNanos = now + delay;
        }
        if (!isFailureLogged) {
            isFailureLogged = true;
            logger.warn(
                    "the webhook {} has not acknowledged a message, which is sent again: {}",
                    parts.client().origin(),
                    outcome.description());
        }
    }

    /** Stores the place if it has moved, and was not stored within the last {@code minNanos}. */
    private void store(long minNanos) {
        long number = window.acknowledged().number();
        long now = parts.nanos().getAsLong();
        if (!isReplaced && number > storedNumber && now - storedAtNanos >= minNanos) {
            isReplaced = !await(parts.store().advance(position, number));
            storedNumber = number;
            storedAtNanos = now;
        }
    }

    private void startOver(ApiException e) {
        boolean isGone = e.getStatusCode() == HttpStatus.GONE || e.getStatusCode() == HttpStatus.BAD_REQUEST;
        if (!isGone) {
            throw e;
        }
        logger.warn(
                "the webhook starts over, because the feed does not continue after change {}: {}",
                window.acknowledged().number(),
                e.getBody().getDetail());
        await(parts.store()
                .restart(position, await(parts.feed().feed()), parts.clock().instant()));
        isReplaced = true;
    }
}
