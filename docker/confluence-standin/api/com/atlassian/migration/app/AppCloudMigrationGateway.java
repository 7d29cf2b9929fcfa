package com.atlassian.migration.app;

import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The gateway of the first generation, which the assistant publishes as a service. */
public interface AppCloudMigrationGateway {
    OutputStream createAppData(String transferId);

    OutputStream createAppData(String transferId, String label);

    PaginatedMapping getPaginatedMapping(String transferId, String namespace, int pageSize);

    Map<String, String> getMappingById(String transferId, String namespace, Set<String> keys);

    PaginatedContainers getPaginatedContainers(String transferId, ContainerType type, int pageSize);

    Optional<Map<String, Object>> getCloudFeedbackIfPresent(String transferId);
}
