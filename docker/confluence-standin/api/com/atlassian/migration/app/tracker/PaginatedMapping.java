package com.atlassian.migration.app.tracker;

import java.util.Map;

/** Mappings, page by page: as long as {@link #next()} is true, {@link #getMapping()} has a page. */
public interface PaginatedMapping {
    boolean next();

    /** The current page: server id to cloud id. */
    Map<String, String> getMapping();
}
