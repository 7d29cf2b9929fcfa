package org.migrationharness.standin.ccma.plans;

import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.store.JsonFile;

/** The plans: in memory for reading, and one file each in the home, written before a change takes effect. */
public final class Plans {
    private static final Log LOG = Log.named("com.atlassian.migration.app.Plans");

    private final Path folder;
    private final Map<String, Plan> plans = new ConcurrentHashMap<>();

    /**
     * @param state the folder that holds the folder of plans
     */
    public Plans(Path state) throws IOException {
        folder = Files.createDirectories(state.resolve("plans"));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : files.filter(file -> file.toString().endsWith(".json")).toList()) {
                Plan plan = file(path).load(null);
                if (plan != null) {
                    plans.put(plan.id(), plan);
                }
            }
        }
    }

    /** Newest first. */
    public List<Plan> all() {
        return plans.values().stream()
                .sorted(Comparator.comparingLong(Plan::createdAt).reversed().thenComparing(Plan::id))
                .toList();
    }

    public Optional<Plan> find(String id) {
        return Optional.ofNullable(id == null ? null : plans.get(id));
    }

    public synchronized void add(Plan plan) {
        file(path(plan.id())).save(plan);
        plans.put(plan.id(), plan);
    }

    public synchronized void remove(String id) {
        if (plans.remove(id) != null) {
            file(path(id)).delete();
        }
    }

    /**
     * @return the plan after the change, or empty when it is gone
     */
    public synchronized Optional<Plan> change(String id, UnaryOperator<Plan> change) {
        Plan before = plans.get(id);
        if (before == null) {
            return Optional.empty();
        }
        Plan after = change.apply(before);
        if (!after.equals(before)) {
            file(path(id)).save(after);
            plans.put(id, after);
        }
        return Optional.of(after);
    }

    /**
     * Updates the row of a container. An update for a container without a row changes nothing, and only a
     * DEBUG line says so: the log of a default install stays silent, as in the seed.
     */
    public synchronized void update(String planId, String migrationId, RowUpdate update) {
        if (find(planId)
                .flatMap(plan -> plan.migration(migrationId))
                .flatMap(migration -> migration.row(update.containerId()))
                .isEmpty()) {
            LOG.debug("update", "No row for container " + update.containerId() + " in plan " + planId);
            return;
        }
        change(planId, plan -> plan.change(migrationId, migration -> migration.with(update)));
    }

    /**
     * This server's own word on a row, which counts only while nothing else has become of the row: a poll may
     * have told of its end before a slower thread says that it runs, and no further poll would put that right.
     *
     * @param from the statuses from which the row goes on to the new one
     */
    public synchronized void advance(
            String planId, String migrationId, Predicate<RowStatus> from, RowUpdate update) {
        boolean overtaken = find(planId)
                .flatMap(plan -> plan.migration(migrationId))
                .flatMap(migration -> migration.row(update.containerId()))
                .filter(row -> !from.test(row.status()))
                .isPresent();
        if (!overtaken) {
            update(planId, migrationId, update);
        }
    }

    private Path path(String id) {
        return folder.resolve(id + ".json");
    }

    private static JsonFile<Plan> file(Path path) {
        return new JsonFile<>(path, new TypeToken<>() { });
    }
}
