package com.atlassian.migration.app.check;

import com.atlassian.migration.app.ContainerV1;
import java.util.List;

/** The plan that a check is run for. */
public interface MigrationPlanContext {
    String getPlanName();

    String getCloudUrl();

    List<ContainerV1> getContainers();
}
