package org.example;

import com.atlassian.migration.app.AccessScope;
import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import java.util.EnumSet;
import java.util.Set;

/** Does what the transfer id says, so that a test needs one class for each way to end. */
public class ChartsListener implements AppCloudMigrationListenerV1 {
    @Override
    public void onStartAppMigration(String transferId, Object details) {
        if (transferId.startsWith("catch-")) {
            catchInside(Integer.parseInt(transferId.substring(6)));
            return;
        }
        switch (transferId) {
            case "throw" -> throw new IllegalStateException("no spaces to export");
            case "null" -> details.hashCode();
            case "finally" -> throwThroughFinally();
            default -> { }
        }
    }

    private static void catchInside(int times) {
        for (int i = 0; i < times; i++) {
            try {
                Integer.parseInt("x");
            } catch (NumberFormatException expected) {
                continue;
            }
        }
    }

    private static void throwThroughFinally() {
        StringBuilder note = new StringBuilder();
        try {
            throw new UnsupportedOperationException("through finally");
        } finally {
            note.append("cleaned");
        }
    }

    @Override
    public String getCloudAppKey() {
        if (Boolean.getBoolean("slow.getter")) {
            System.out.println("getter waits");
            pause(1000);
        }
        return Boolean.getBoolean("null.cloud.key") ? null : "charts-für-confluence";
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String getServerAppKey() {
        return "charts-plugin";
    }

    @Override
    public Set<AccessScope> getDataAccessScopes() {
        return EnumSet.of(AccessScope.MIGRATION_TRACING_IDENTITY, AccessScope.APP_DATA_OTHER);
    }
}
