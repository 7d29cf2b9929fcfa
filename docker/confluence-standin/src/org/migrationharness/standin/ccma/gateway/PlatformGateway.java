package org.migrationharness.standin.ccma.gateway;

import com.atlassian.migration.app.ConfluenceSpaceContainerV1;
import com.atlassian.migration.app.ContainerType;
import com.atlassian.migration.app.ContainerV1;
import com.atlassian.migration.app.PaginatedContainers;
import com.atlassian.migration.app.PaginatedMapping;
import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;

/** The gateway that listeners receive; every call goes to the cloud over HTTP. */
public final class PlatformGateway
        implements AppCloudMigrationGateway, com.atlassian.migration.app.AppCloudMigrationGateway {
    private static final Gson GSON = new Gson();
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_FOUND = 404;

    private final PlatformClient platform;
    private final Executor threads;

    public PlatformGateway(PlatformClient platform, Executor threads) {
        this.platform = platform;
        this.threads = threads;
    }

    @Override
    public OutputStream createAppData(String transferId) {
        return createAppData(transferId, null);
    }

    @Override
    public OutputStream createAppData(String transferId, String label) {
        return new AppDataUpload(platform, threads, transferId, label);
    }

    @Override
    public PaginatedMapping getPaginatedMapping(String transferId, String namespace, int pageSize) {
        PageCursor cursor = new PageCursor(
                lastEntity -> platform.mappingPage(transferId, namespace, lastEntity, pageSize));
        return new PaginatedMapping() {
            @Override
            public boolean next() {
                return cursor.next();
            }

            @Override
            public Map<String, String> getMapping() {
                return strings(cursor.current().get("items"));
            }
        };
    }

    @Override
    public Map<String, String> getMappingById(String transferId, String namespace, Set<String> keys) {
        return unchecked(() -> strings(platform.findMappings(transferId, namespace, keys)));
    }

    @Override
    public PaginatedContainers getPaginatedContainers(String transferId, ContainerType type, int pageSize) {
        PageCursor cursor = new PageCursor(
                lastEntity -> platform.containerPage(transferId, type.name(), lastEntity, pageSize));
        return new PaginatedContainers() {
            @Override
            public boolean next() {
                return cursor.next();
            }

            @Override
            public List<ContainerV1> getContainers() {
                return cursor.current().getAsJsonArray("containers").asList().stream()
                        .map(PlatformGateway::container)
                        .toList();
            }
        };
    }

    @Override
    public Optional<Map<String, Object>> getCloudFeedbackIfPresent(String transferId) {
        try {
            JsonElement details = platform.feedback(transferId).get("details");
            return Optional.of(GSON.fromJson(details, new TypeToken<Map<String, Object>>() { }));
        } catch (PlatformException e) {
            if (e.status() == NOT_FOUND) {
                return Optional.empty();
            }
            throw translated(e);
        }
    }

    /** A Forge app's listener has uploaded all that it has. */
    public void completeExport(String transferId) {
        unchecked(() -> {
            platform.exportCompleted(transferId);
            return null;
        });
    }

    private static ContainerV1 container(JsonElement json) {
        JsonObject item = json.getAsJsonObject();
        ContainerType type = ContainerType.valueOf(item.get("type").getAsString());
        String sourceId = PlatformClient.text(item, "sourceId");
        return type == ContainerType.ConfluenceSpace
                ? new ConfluenceSpaceContainerV1(sourceId, PlatformClient.text(item, "key"))
                : new OtherContainer(type, sourceId);
    }

    private static Map<String, String> strings(JsonElement json) {
        return GSON.fromJson(json, new TypeToken<Map<String, String>>() { });
    }

    private static <T> T unchecked(PlatformCall<T> call) {
        try {
            return call.send();
        } catch (PlatformException e) {
            throw translated(e);
        }
    }

    /** A call over the rate limit throws a RuntimeException that says so (since CCMA 3.3.5). */
    private static RuntimeException translated(PlatformException e) {
        return e.status() == TOO_MANY_REQUESTS
                ? new RuntimeException("App migration API rate limit exceeded", e)
                : new IllegalStateException(e.getMessage(), e);
    }

    private record OtherContainer(ContainerType type, String sourceId) implements ContainerV1 {
        @Override
        public ContainerType getType() {
            return type;
        }

        @Override
        public String getSourceId() {
            return sourceId;
        }
    }

    private interface PlatformCall<T> {
        T send() throws PlatformException;
    }

    private interface PageSource {
        JsonObject page(String lastEntity) throws PlatformException;
    }

    /** Moves from page to page by their {@code meta}. */
    private static final class PageCursor {
        private final PageSource source;
        private JsonObject current;

        PageCursor(PageSource source) {
            this.source = source;
        }

        boolean next() {
            JsonObject meta = current == null ? null : current.getAsJsonObject("meta");
            if (meta != null && !meta.get("hasNext").getAsBoolean()) {
                return false;
            }
            String lastEntity = meta == null ? null : PlatformClient.text(meta, "lastEntity");
            current = unchecked(() -> source.page(lastEntity));
            return true;
        }

        JsonObject current() {
            if (current == null) {
                throw new IllegalStateException("call next() first");
            }
            return current;
        }
    }
}
