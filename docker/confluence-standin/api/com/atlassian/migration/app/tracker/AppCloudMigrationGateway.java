package com.atlassian.migration.app.tracker;

import java.io.OutputStream;
import java.util.Map;
import java.util.Set;

/** The gateway of the second generation. Its name is inferred: public code only calls it. */
public interface AppCloudMigrationGateway {
    OutputStream createAppData(String transferId);

    OutputStream createAppData(String transferId, String label);

    PaginatedMapping getPaginatedMapping(String transferId, String namespace, int pageSize);

    Map<String, String> getMappingById(String transferId, String namespace, Set<String> keys);
}
