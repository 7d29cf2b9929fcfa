package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.AccessScope;
import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.List;
import java.util.Set;

/** The first generation. */
record OsgiListenerAdapter(AppCloudMigrationListenerV1 service, ListenerOwner owner) implements AppListener {
    @Override
    public String serverAppKey() {
        return service.getServerAppKey();
    }

    @Override
    public String cloudAppKey() {
        return service.getCloudAppKey();
    }

    @Override
    public List<String> dataAccessScopes() {
        return names(service.getDataAccessScopes());
    }

    @Override
    public void start(String transferId, MigrationDetailsV1 details) {
        service.onStartAppMigration(transferId, details);
    }

    /** By their text: a copy of the library has an enum of its own. */
    static List<String> names(Set<AccessScope> scopes) {
        Set<?> any = scopes;
        return any == null ? List.of() : any.stream().map(Object::toString).sorted().toList();
    }
}
