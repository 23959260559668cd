package io.heartline.web.token;

import java.util.Set;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;

/** Health for clients without a token: the status alone, without components and details, which may name hosts. */
record StatusOnlyHealth(HealthEndpointGroups groups) implements HealthEndpointGroups {

    @Override
    public HealthEndpointGroup getPrimary() {
        return new StatusOnlyGroup(groups.getPrimary());
    }

    @Override
    public Set<String> getNames() {
        return groups.getNames();
    }

    @Override
    public HealthEndpointGroup get(String name) {
        HealthEndpointGroup group = groups.get(name);
        return group == null ? null : new StatusOnlyGroup(group);
    }

    private record StatusOnlyGroup(HealthEndpointGroup group) implements HealthEndpointGroup {

        @Override
        public boolean isMember(String name) {
            return group.isMember(name);
        }

        @Override
        public boolean showComponents(SecurityContext securityContext) {
            return false;
        }

        @Override
        public boolean showDetails(SecurityContext securityContext) {
            return false;
        }

        @Override
        public StatusAggregator getStatusAggregator() {
            return group.getStatusAggregator();
        }

        @Override
        public HttpCodeStatusMapper getHttpCodeStatusMapper() {
            return group.getHttpCodeStatusMapper();
        }

        @Override
        public AdditionalHealthEndpointPath getAdditionalPath() {
            return group.getAdditionalPath();
        }
    }
}
