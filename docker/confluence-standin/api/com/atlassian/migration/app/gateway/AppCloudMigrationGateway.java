package com.atlassian.migration.app.gateway;

import com.atlassian.migration.app.ContainerType;
import com.atlassian.migration.app.PaginatedContainers;
import com.atlassian.migration.app.PaginatedMapping;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The calls that a listener makes to the cloud, through the assistant. */
public interface AppCloudMigrationGateway {
    /** Closing the stream completes the upload and causes one {@code app-data-uploaded} event. */
    OutputStream createAppData(String transferId);

    OutputStream createAppData(String transferId, String label);

    PaginatedMapping getPaginatedMapping(String transferId, String namespace, int pageSize);

    Map<String, String> getMappingById(String transferId, String namespace, Set<String> keys);

    PaginatedContainers getPaginatedContainers(String transferId, ContainerType type, int pageSize);

    /** The newest feedback from the cloud app, if any. */
    Optional<Map<String, Object>> getCloudFeedbackIfPresent(String transferId);
}
