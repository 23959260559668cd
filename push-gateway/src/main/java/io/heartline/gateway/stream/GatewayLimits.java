package io.heartline.gateway.stream;

import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Scope;

/** Creates the gateway's concurrency limits, whose refusals name the setting of the maximum that is reached. */
public final class GatewayLimits {

    private GatewayLimits() {}

    /**
     * A maximum, and where it is set.
     *
     * @param setting the full name of the key
     * @param max 0 for no limit, if it is the maximum of one caller
     */
    public record Maximum(String setting, int max) {}

    /**
     * Returns a limit that throws a {@link StreamRefusedException}. The maximum of the instance is checked first, because a client
     * can go to another instance if this instance is full.
     *
     * @param resource the plural of what is limited, as a refusal names it
     * @param ofInstance the maximum of this instance
     * @param ofCaller the maximum of one caller
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
