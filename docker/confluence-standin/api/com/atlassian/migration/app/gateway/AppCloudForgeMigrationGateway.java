package com.atlassian.migration.app.gateway;

import com.atlassian.migration.app.ContainerType;
import com.atlassian.migration.app.PaginatedContainers;
import com.atlassian.migration.app.PaginatedMapping;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The calls that a listener of a Forge app makes; the gateway belongs to one transfer. */
public interface AppCloudForgeMigrationGateway {
    String getTransferId();

    OutputStream createAppData();

    /** Closing the stream completes the upload and causes one {@code app-data-uploaded} event. */
    OutputStream createAppData(String label);

    PaginatedMapping getPaginatedMapping(String namespace, int pageSize);

    Map<String, String> getMappingById(String namespace, Set<String> keys);

    PaginatedContainers getPaginatedContainers(ContainerType type, int pageSize);

    Optional<Map<String, Object>> getCloudFeedbackIfPresent();

    /** Says that no upload follows. */
    void completeExport();
}
