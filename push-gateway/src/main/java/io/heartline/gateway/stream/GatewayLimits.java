package io.heartline.gateway.stream;

import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Scope;

/** A factory of concurrency limits, whose refusals name the setting of the maximum that is reached. */
public final class GatewayLimits {

    private GatewayLimits() {}

    /**
     * A maximum and its setting.
     *
     * @param setting the full name of the setting
     * @param max the maximum number of permits; for one caller, 0 is no limit
     */
    public record Maximum(String setting, int max) {}

    /**
     * Returns a limit that throws a {@link StreamRefusedException}. The maximum of the instance is checked first, because a client
     * can go to another instance if this instance is full.
     *
     * @param resource the plural of the limited resource, as a refusal names it
     * @param ofInstance the maximum of this instance
     * @param ofCaller the maximum of one caller
     * @return the limit, of which no permit is acquired
     */
    public static ConcurrencyLimit create(String resource, Maximum ofInstance, Maximum ofCaller) {
        return new ConcurrencyLimit(
                ofInstance.max(),
                ofCaller.max(),
                Scope.INSTANCE,
                exceeded -> exceeded.scope() == Scope.INSTANCE
                        ? StreamRefusedException.instanceLimitReached(resource, ofInstance)
                        : StreamRefusedException.callerLimitReached(resource, ofCaller));
    }
}
