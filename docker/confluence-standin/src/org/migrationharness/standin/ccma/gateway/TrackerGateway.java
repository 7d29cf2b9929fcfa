package org.migrationharness.standin.ccma.gateway;

import com.atlassian.migration.app.tracker.AppCloudMigrationGateway;
import com.atlassian.migration.app.tracker.PaginatedMapping;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;

/** The gateway as the second generation has it. */
public record TrackerGateway(PlatformGateway gateway) implements AppCloudMigrationGateway {
    @Override
    public OutputStream createAppData(String transferId) {
        return gateway.createAppData(transferId);
    }

    @Override
    public OutputStream createAppData(String transferId, String label) {
        return gateway.createAppData(transferId, label);
    }

    @Override
    public PaginatedMapping getPaginatedMapping(String transferId, String namespace, int pageSize) {
        var pages = gateway.getPaginatedMapping(transferId, namespace, pageSize);
        return new PaginatedMapping() {
            @Override
            public boolean next() {
                return pages.next();
            }

            @Override
            public Map<String, String> getMapping() {
                return pages.getMapping();
            }
        };
    }

    @Override
    public Map<String, String> getMappingById(String transferId, String namespace, Set<String> keys) {
        return gateway.getMappingById(transferId, namespace, keys);
    }
}
