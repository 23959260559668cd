package io.heartline.reports.feed.pass;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of this instance's part in entering reports.
 *
 * @param interval between two checks for missing reports; null if this instance checks only after {@code --once}
 */
public record FeedPassSettings(@Nullable Duration interval) {}
