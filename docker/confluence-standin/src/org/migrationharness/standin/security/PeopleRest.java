package org.migrationharness.standin.security;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.ResultPage;
import org.migrationharness.standin.http.Routes;

/**
 * Users and groups as fixture scripts make and read them (Confluence Data Center REST reference 10.0: "Admin
 * User", "Admin Group", "Group", "User Group"). A user is created with 201, as public end-to-end suites expect.
 */
public final class PeopleRest {
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[\\\\,+<>'\"\\s\\p{Lu}]");
    private static final int GROUPS = 200;

    private final Users users;
    private final Groups groups;

    public PeopleRest(Users users) {
        this.users = users;
        groups = users.groups();
    }

    public void addTo(Routes routes) {
        routes.post("/rest/api/admin/user", Access.ADMIN, this::createUser)
                .delete("/rest/api/admin/user/{username}", Access.ADMIN, this::removeUser)
                .post("/rest/api/admin/user/{username}/password", Access.ADMIN, this::setPassword)
                .get("/rest/api/user/anonymous", Access.USER, exchange -> exchange.json(200, Map.of(
                        "type", "anonymous", "displayName", "Anonymous",
                        "_links", Map.of("base", exchange.origin(), "context", ""))))
                .get("/rest/api/user/memberof", Access.USER, this::groupsOf)
                .put("/rest/api/user/{username}/group/{group}", Access.ADMIN, this::join)
                .delete("/rest/api/user/{username}/group/{group}", Access.ADMIN, this::leave)
                .get("/rest/api/group", Access.USER, exchange -> listGroups(exchange, groups.all()))
                .get("/rest/api/group/{group}", Access.USER,
                        exchange -> exchange.json(200, json(exchange, group(exchange))))
                .get("/rest/api/group/{group}/member", Access.USER, this::members)
                .post("/rest/api/admin/group", Access.ADMIN, this::createGroup)
                .delete("/rest/api/admin/group/{group}", Access.ADMIN, this::removeGroup);
    }

    private void createUser(Exchange exchange) throws IOException {
        JsonElement body = exchange.jsonBody();
        String name = text(body, "userName");
        String fullName = text(body, "fullName");
        String email = text(body, "email");
        String password = text(body, "password");
        if (name.isBlank() || NOT_IN_A_NAME.matcher(name).find() || name.equals("anonymous")) {
            throw new HttpProblem(400, "The userName must be in lower case, without spaces and \\ , + < > ' \"");
        }
        if (fullName.isBlank() || fullName.toLowerCase(Locale.ROOT).equals("anonymous")) {
            throw new HttpProblem(400, "The fullName must not be blank or anonymous");
        }
        if (!email.matches("[^@\\s]+@[^@\\s]+")) {
            throw new HttpProblem(400, "The email must be a valid email address");
        }
        boolean notify = Boolean.parseBoolean(text(body, "notifyViaEmail"));
        if (notify == !password.isBlank()) {
            throw new HttpProblem(400, notify
                    ? "The password must not be given when notifyViaEmail is true"
                    : "The password must not be blank when notifyViaEmail is false");
        }
        if (users.find(name).isPresent()) {
            throw new HttpProblem(400, "A user with this name already exists: " + name);
        }
        Account made = users.add(name, null, fullName, email, notify ? null : password);
        exchange.json(201, Map.of("userKey", made.key()));
    }

    private void removeUser(Exchange exchange) {
        Account account = user(exchange);
        if (!account.added()) {
            throw new HttpProblem(403, "The user who set this Confluence up cannot be removed");
        }
        users.remove(account.name());
        exchange.empty(204);
    }

    private void setPassword(Exchange exchange) throws IOException {
        String password = text(exchange.jsonBody(), "password");
        if (password.isBlank()) {
            throw new HttpProblem(400, "The new password must not be blank");
        }
        users.setPassword(user(exchange).name(), password);
        exchange.empty(204);
    }

    private void groupsOf(Exchange exchange) throws IOException {
        Account account = users.find(exchange.param("username"))
                .or(() -> users.findByKey(exchange.param("key")))
                .orElseThrow(() -> new HttpProblem(404, "No user found with that username or key"));
        listGroups(exchange, groups.of(account.name()));
    }

    private void join(Exchange exchange) {
        groups.join(group(exchange), user(exchange).name());
        exchange.empty(204);
    }

    private void leave(Exchange exchange) {
        groups.leave(group(exchange), user(exchange).name());
        exchange.empty(204);
    }

    private void listGroups(Exchange exchange, List<String> names) throws IOException {
        ResultPage.of(exchange, GROUPS).answer(names, name -> json(exchange, name));
    }

    private void members(Exchange exchange) throws IOException {
        List<Account> found = groups.members(group(exchange)).stream()
                .flatMap(name -> users.find(name).stream())
                .toList();
        ResultPage.of(exchange, GROUPS).answer(found, account -> json(exchange, account));
    }

    private void createGroup(Exchange exchange) throws IOException {
        String name = text(exchange.jsonBody(), "name");
        if (name.isBlank() || !name.equals(name.toLowerCase(Locale.ROOT))) {
            throw new HttpProblem(400, "A group's name must not be blank and has no upper case");
        }
        if (groups.exists(name)) {
            throw new HttpProblem(400, "A group with this name already exists: " + name);
        }
        groups.create(name);
        exchange.json(201, json(exchange, name));
    }

    private void removeGroup(Exchange exchange) {
        String name = group(exchange);
        if (Groups.isConfluencesOwn(name)) {
            throw new HttpProblem(403, "This group is Confluence's own: " + name);
        }
        groups.remove(name);
        exchange.empty(204);
    }

    private Account user(Exchange exchange) {
        String name = decoded(exchange, "username");
        return users.find(name).orElseThrow(() -> new HttpProblem(404, "No user found with name: " + name));
    }

    private String group(Exchange exchange) {
        String name = decoded(exchange, "group");
        if (!groups.exists(name)) {
            throw new HttpProblem(404, "No group found with name: " + name);
        }
        return name;
    }

    private static String decoded(Exchange exchange, String part) {
        return URLDecoder.decode(exchange.part(part).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> json(Exchange exchange, String group) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "group");
        body.put("name", group);
        body.put("_links", Map.of("self", exchange.origin() + "/rest/api/group/"
                + URLEncoder.encode(group, StandardCharsets.UTF_8).replace("+", "%20")));
        return body;
    }

    /** A user as Confluence shows one in an answer. */
    public static Map<String, Object> json(Exchange exchange, Account account) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "known");
        body.put("username", account.name());
        body.put("userKey", account.key());
        body.put("displayName", account.fullName());
        body.put("_links", Map.of("self", exchange.origin() + "/rest/api/user?key=" + account.key()));
        return body;
    }

    private static String text(JsonElement body, String name) {
        if (!(body instanceof JsonObject object)) {
            throw new HttpProblem(400, "The body must be a JSON object");
        }
        return object.get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }
}
