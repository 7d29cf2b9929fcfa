package com.atlassian.migration.app.confluence;

import java.util.Map;

/** Says which macros of the server app become which macros of a Forge app. */
public interface ConfluenceAppCloudMigrationListenerV1 {
    /** A macro's name in the storage format to the key of the Forge app's macro module. */
    Map<String, String> getServerToForgeMacroMapping();
}
