/**
 * Delivers the changes of the feed of revisions to a webhook: signed CloudEvents, at least once, in order per report.
 *
 * <p>{@link io.heartline.reports.webhook.Window} decides what may be sent, {@link io.heartline.reports.webhook.WebhookClient} sends it,
 * and {@link io.heartline.reports.webhook.WebhookStore} has the place up to which all messages are acknowledged.
 *
 * <p>May depend on {@code read.feed}, {@code feed}, {@code feed.pass} for its settings, {@code settings}, {@code mongo} and
 * {@code failure}.
 */
package io.heartline.reports.webhook;
