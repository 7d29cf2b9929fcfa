package com.atlassian.migration.app.tracker;

/** What a listener of the second generation is told about its migration. */
public class MigrationDetailsV1 extends com.atlassian.migration.app.gateway.MigrationDetailsV1 {
}
