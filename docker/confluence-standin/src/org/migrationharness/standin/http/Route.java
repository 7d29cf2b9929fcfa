package org.migrationharness.standin.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A method and a path with {@code {name}} parts. A part matches anything but a slash, so plugin keys may
 * contain dots ({@code com.x.y-key}).
 */
public final class Route {
    private static final Pattern PART = Pattern.compile("\\{(\\w+)}");

    private final String method;
    private final Access access;
    private final Handler handler;
    private final Pattern pattern;
    private final Map<String, Integer> groups = new LinkedHashMap<>();

    Route(String method, String path, Access access, Handler handler) {
        this.method = method;
        this.access = access;
        this.handler = handler;
        StringBuilder regex = new StringBuilder();
        Matcher parts = PART.matcher(path);
        int end = 0;
        while (parts.find()) {
            regex.append(Pattern.quote(path.substring(end, parts.start()))).append("([^/]+)");
            groups.put(parts.group(1), groups.size() + 1);
            end = parts.end();
        }
        regex.append(Pattern.quote(path.substring(end)));
        this.pattern = Pattern.compile(regex.toString());
    }

    String method() {
        return method;
    }

    public Access access() {
        return access;
    }

    public Handler handler() {
        return handler;
    }

    /**
     * @return the named parts of {@code path}, or null when it does not match
     */
    Map<String, String> match(String path) {
        Matcher matcher = pattern.matcher(path);
        if (!matcher.matches()) {
            return null;
        }
        Map<String, String> found = new LinkedHashMap<>();
        groups.forEach((name, group) -> found.put(name, matcher.group(group)));
        return found;
    }
}
