package com.atlassian.migration.app;

/** The kinds of containers a plan can hold; the names are those of the platform's REST. */
public enum ContainerType {
    Site,
    ConfluenceSpace,
    JiraProject
}
