package org.migrationharness.standin.pages;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.security.Account;
import org.migrationharness.standin.security.NewAccount;
import org.migrationharness.standin.security.Users;

/**
 * The administration's pages of users and groups, as a public end-to-end environment uses them: a user who is not
 * there is told with 200, and a form that is not taken comes back.
 */
public final class PeoplePages {
    private static final String VIEW = "/admin/users/viewuser.action";

    private final Users users;

    public PeoplePages(Users users) {
        this.users = users;
    }

    public void addTo(Routes routes) {
        routes.get("/admin/users/browseusers.action", Access.SECURE_ADMIN, this::list)
                .get(VIEW, Access.SECURE_ADMIN, this::show)
                .get("/admin/users/createuser.action", Access.SECURE_ADMIN, exchange -> form(exchange, Map.of()))
                .post("/admin/users/docreateuser.action", Access.SECURE_ADMIN, this::create)
                .get("/admin/users/browsegroups.action", Access.SECURE_ADMIN, this::groups);
    }

    private void list(Exchange exchange) throws IOException {
        exchange.page("users", Map.of("users", users.all()));
    }

    private void show(Exchange exchange) throws IOException {
        String name = exchange.param("username");
        Optional<Account> account = users.find(name);
        Map<String, Object> model = new HashMap<>(Map.of("name", name, "groups", users.groups().of(name)));
        account.ifPresent(found -> model.put("account", found));
        exchange.page("viewuser", model);
    }

    private void create(Exchange exchange) throws IOException {
        Map<String, String> errors = errors(exchange);
        if (!errors.isEmpty()) {
            form(exchange, errors);
            return;
        }
        Account made = users.add(exchange.param("username"), null, exchange.param("fullName"),
                exchange.param("email"), exchange.param("password"));
        exchange.redirect(VIEW + "?username="
                + URLEncoder.encode(made.name(), StandardCharsets.UTF_8));
    }

    private Map<String, String> errors(Exchange exchange) {
        Map<String, String> errors = NewAccount.errors(exchange);
        if (users.find(exchange.param("username")).isPresent()) {
            errors.putIfAbsent("username", "There is a user with this name.");
        }
        return errors;
    }

    private static void form(Exchange exchange, Map<String, String> errors) throws IOException {
        Map<String, String> typed = new HashMap<>();
        for (String name : List.of("username", "fullName", "email")) {
            typed.put(name, exchange.param(name));
        }
        exchange.page("createuser", Map.of("errors", errors, "typed", typed));
    }

    private void groups(Exchange exchange) throws IOException {
        exchange.page("groups", Map.of("groups", users.groups().all().stream()
                .map(name -> new ListedGroup(name, users.groups().members(name)))
                .toList()));
    }

    /** A group as the page lists it. */
    public record ListedGroup(String name, List<String> members) {
    }
}
