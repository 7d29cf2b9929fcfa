package com.atlassian.migration.app;

import java.util.Map;

/** Mappings page by page: call {@link #next()} until it is false, read {@link #getMapping()} after each. */
public interface PaginatedMapping {
    boolean next();

    /** Server id to cloud id of the current page. */
    Map<String, String> getMapping();
}
