package com.atlassian.migration.app;

/** A space that the plan migrates. It is a class, made from the space's id and key. */
public class ConfluenceSpaceContainerV1 implements ContainerV1 {
    private final String sourceId;
    private final String key;

    public ConfluenceSpaceContainerV1(String sourceId, String key) {
        this.sourceId = sourceId;
        this.key = key;
    }

    @Override
    public ContainerType getType() {
        return ContainerType.ConfluenceSpace;
    }

    @Override
    public String getSourceId() {
        return sourceId;
    }

    public String getKey() {
        return key;
    }
}
