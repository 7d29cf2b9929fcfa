package org.migrationharness.standin.content;

import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.store.JsonFile;

/** The spaces and their content: in memory for reading, and in the home, written before a change takes effect. */
public final class ContentStore {
    private static final long FIRST_ID = 98_304;

    private final Path folder;
    private final JsonFile<Map<String, Space>> spacesFile;
    private final Map<String, Space> spaces;
    private final Map<Long, Content> contents = new ConcurrentSkipListMap<>();
    private volatile KeptContent kept;
    /** No id is given twice, not even that of a page that is gone. */
    private long lastId = FIRST_ID;

    /**
     * @param state the folder that keeps the spaces and the folder of their content
     */
    public ContentStore(Path state) throws IOException {
        folder = Files.createDirectories(state.resolve("content"));
        spacesFile = new JsonFile<>(state.resolve("spaces.json"), new TypeToken<>() { });
        spaces = new ConcurrentHashMap<>(spacesFile.load(Map.of()));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : files.filter(file -> file.toString().endsWith(".json")).toList()) {
                Content content = file(path).load(null);
                if (content != null) {
                    contents.put(idOf(content), content);
                }
            }
        }
        contents.values().forEach(content -> note(content.id()));
        spaces.values().forEach(space -> note(space.id()));
        kept = now();
    }

    /** What a reset puts back. */
    private record KeptContent(Map<String, Space> spaces, Map<Long, Content> contents) {
    }

    private KeptContent now() {
        return new KeptContent(Map.copyOf(spaces), Map.copyOf(contents));
    }

    /** Takes what is there now for what a reset puts back. */
    synchronized void keepAsItIs() {
        kept = now();
    }

    synchronized boolean isChanged() {
        return !now().equals(kept);
    }

    synchronized void putBack() {
        KeptContent before = kept;
        all().filter(each -> !before.contents().containsKey(idOf(each))).toList()
                .forEach(each -> purge(each.id()));
        before.contents().forEach((id, content) -> {
            if (!content.equals(contents.get(id))) {
                file(path(content.id())).save(content);
                contents.put(id, content);
            }
        });
        spacesFile.save(before.spaces());
        spaces.clear();
        spaces.putAll(before.spaces());
    }

    /** By key. */
    public List<Space> spaces() {
        return spaces.values().stream().sorted(Comparator.comparing(Space::key)).toList();
    }

    public Optional<Space> space(String key) {
        return Optional.ofNullable(key == null ? null : spaces.get(key));
    }

    /**
     * The space with a key.
     *
     * @throws HttpProblem 404 when there is none
     */
    Space existingSpace(String key) {
        return space(key).orElseThrow(() -> new HttpProblem(404, "No space with key : " + key));
    }

    /** Current pages and blog posts of a space, by id. */
    public List<Content> current(String spaceKey) {
        return all().filter(each -> each.isCurrent() && each.spaceKey().equals(spaceKey)).toList();
    }

    Stream<Content> all() {
        return contents.values().stream();
    }

    Optional<Content> find(String id) {
        return Optional.ofNullable(id != null && id.matches("\\d{1,18}") ? contents.get(Long.parseLong(id)) : null);
    }

    List<Content> children(String id) {
        return all().filter(each -> each.isCurrent() && id.equals(each.parentId())).toList();
    }

    /** From the top of the tree down to the parent. */
    List<Content> ancestors(Content content) {
        List<Content> found = new ArrayList<>();
        Optional<Content> next = find(content.parentId());
        while (next.isPresent() && !found.contains(next.get())) {
            found.add(0, next.get());
            next = find(next.get().parentId());
        }
        return found;
    }

    /** All below a page, at any depth. */
    List<Content> descendants(String id) {
        return all().filter(each -> each.isCurrent() && ancestors(each).stream()
                .anyMatch(ancestor -> ancestor.id().equals(id))).toList();
    }

    synchronized String nextId() {
        return Long.toString(++lastId);
    }

    private void note(String id) {
        lastId = Math.max(lastId, Long.parseLong(id));
    }

    private static long idOf(Content content) {
        return Long.parseLong(content.id());
    }

    synchronized void keep(Space space) {
        note(space.id());
        Map<String, Space> next = new TreeMap<>(spaces);
        next.put(space.key(), space);
        spacesFile.save(next);
        spaces.put(space.key(), space);
    }

    /** Keeps content; a title is used once in a space by current content of a type. */
    synchronized Content keep(Content content) {
        boolean taken = content.isCurrent() && all().anyMatch(each -> each.isCurrent()
                && !each.id().equals(content.id()) && each.type().equals(content.type())
                && each.spaceKey().equals(content.spaceKey()) && each.title().equals(content.title()));
        if (taken) {
            throw new HttpProblem(400, "A page with this title already exists: A page already exists with the title "
                    + content.title() + " in the space with key " + content.spaceKey());
        }
        note(content.id());
        file(path(content.id())).save(content);
        contents.put(idOf(content), content);
        return content;
    }

    synchronized void purge(String id) {
        file(path(id)).delete();
        contents.remove(Long.parseLong(id));
    }

    synchronized void remove(Space space) {
        all().filter(each -> each.spaceKey().equals(space.key())).toList().forEach(each -> purge(each.id()));
        Map<String, Space> next = new TreeMap<>(spaces);
        next.remove(space.key());
        spacesFile.save(next);
        spaces.remove(space.key());
    }

    /** Removes everything. */
    synchronized void clear() {
        spaces().forEach(this::remove);
    }

    private Path path(String id) {
        return folder.resolve(id + ".json");
    }

    private static JsonFile<Content> file(Path path) {
        return new JsonFile<>(path, new TypeToken<>() { });
    }
}
