package com.atlassian.migration.app;

import java.util.List;

/** Containers, page by page; read them like {@link PaginatedMapping}. */
public interface PaginatedContainers {
    boolean next();

    List<ContainerV1> getContainers();
}
