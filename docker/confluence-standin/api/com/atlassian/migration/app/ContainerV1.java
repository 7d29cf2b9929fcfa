package com.atlassian.migration.app;

/**
 * One container of a plan. Whether the published type is a class or an interface is not known; an app that only
 * takes it from {@link PaginatedContainers#getContainers()} and tests its type links with both.
 */
public interface ContainerV1 {
    ContainerType getType();

    /** The id on the server; its shape is inferred, since no public page shows it. */
    String getSourceId();
}
