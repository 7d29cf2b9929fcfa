package com.atlassian.migration.app;

/** One container of a plan. */
public interface ContainerV1 {
    ContainerType getType();

    /** The id on the server; its shape is inferred, since no public page shows it. */
    String getSourceId();
}
