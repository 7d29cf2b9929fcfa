package com.atlassian.migration.app;

/** A space that the plan migrates. */
public interface ConfluenceSpaceContainerV1 extends ContainerV1 {
    String getKey();
}
