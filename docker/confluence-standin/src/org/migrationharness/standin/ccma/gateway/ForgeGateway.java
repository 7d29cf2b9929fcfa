package org.migrationharness.standin.ccma.gateway;

import com.atlassian.migration.app.ContainerType;
import com.atlassian.migration.app.PaginatedContainers;
import com.atlassian.migration.app.PaginatedMapping;
import com.atlassian.migration.app.gateway.AppCloudForgeMigrationGateway;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The gateway of one transfer, as a Forge app's listener receives it. */
public record ForgeGateway(PlatformGateway gateway, String transferId) implements AppCloudForgeMigrationGateway {
    @Override
    public String getTransferId() {
        return transferId;
    }

    @Override
    public OutputStream createAppData() {
        return gateway.createAppData(transferId);
    }

    @Override
    public OutputStream createAppData(String label) {
        return gateway.createAppData(transferId, label);
    }

    @Override
    public PaginatedMapping getPaginatedMapping(String namespace, int pageSize) {
        return gateway.getPaginatedMapping(transferId, namespace, pageSize);
    }

    @Override
    public Map<String, String> getMappingById(String namespace, Set<String> keys) {
        return gateway.getMappingById(transferId, namespace, keys);
    }

    @Override
    public PaginatedContainers getPaginatedContainers(ContainerType type, int pageSize) {
        return gateway.getPaginatedContainers(transferId, type, pageSize);
    }

    @Override
    public Optional<Map<String, Object>> getCloudFeedbackIfPresent() {
        return gateway.getCloudFeedbackIfPresent(transferId);
    }

    @Override
    public void completeExport() {
        gateway.completeExport(transferId);
    }
}
