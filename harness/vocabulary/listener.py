"""How an app's listener is known: by the interfaces of the migration library."""

import re

LISTENER_SERVICE = re.compile(r"com\.atlassian\.migration\.app\.(?:\w+\.)*\w*Listener\w*")

LIBRARY = "com.atlassian.migration.app"
LIBRARY_CLASSES = frozenset(
    f"{LIBRARY}.{name}"
    for name in (
        "AccessScope",
        "AppCloudMigrationGateway",
        "AppCloudMigrationListenerV1",
        "ConfluenceSpaceContainerV1",
        "ContainerType",
        "ContainerV1",
        "ForgeEnvironmentName",
        "PaginatedContainers",
        "PaginatedMapping",
        "check.CheckResult",
        "check.CheckSpec",
        "check.MigrationPlanContext",
        "check.PreMigrationCheckRepository",
        "confluence.ConfluenceAppCloudMigrationListenerV1",
        "gateway.AppCloudForgeMigrationGateway",
        "gateway.AppCloudMigrationGateway",
        "gateway.MigrationDetailsV1",
        "listener.DiscoverableForgeListener",
        "listener.DiscoverableListener",
        "listener.RerunnableDiscoverableListener",
        "tracker.AccessScope",
        "tracker.AppCloudMigrationGateway",
        "tracker.CloudMigrationAccessor",
        "tracker.CloudMigrationListenerV1",
        "tracker.MigrationDetailsV1",
        "tracker.PaginatedMapping",
    )
)
"""What the stand-in has of the library; a class that is not among them may be in the real one."""
