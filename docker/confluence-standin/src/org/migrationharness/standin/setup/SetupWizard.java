package org.migrationharness.standin.setup;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.lifecycle.ApplicationState;
import org.migrationharness.standin.lifecycle.Lifecycle;
import org.migrationharness.standin.security.Authenticator;
import org.migrationharness.standin.security.NewAccount;
import org.migrationharness.standin.security.Users;

/**
 * The set-up wizard, with the addresses and fields that public set-up clients use. Input that is not accepted
 * shows the same form again, with 200; a post that is accepted redirects to the next step.
 */
public final class SetupWizard {
    /** Where every page leads before the set-up; it leads on to the current step. */
    public static final String CURRENT = "/bootstrap/selectsetupstep.action";
    /** Licences are lines of base64; a stand-in cannot say which ones are valid. */
    private static final Pattern LICENSE = Pattern.compile("[A-Za-z0-9+/=]{40,}");

    private final SetupConfig config;
    private final SetupVariables variables;
    private final Users users;
    private final Lifecycle lifecycle;

    public SetupWizard(SetupConfig config, SetupVariables variables, Users users, Lifecycle lifecycle) {
        this.config = config;
        this.variables = variables;
        this.users = users;
        this.lifecycle = lifecycle;
    }

    public void addTo(Routes routes) {
        routes.get(CURRENT, Access.SETUP, this::toCurrent)
                .get("/setup/", Access.SETUP, this::toCurrent)
                .get("/setup/setupstart.action", Access.SETUP, this::toCurrent)
                .post("/setup/dosetuplicense.action", Access.SETUP, this::license)
                .post("/setup/setupcluster.action", Access.SETUP, this::cluster)
                .post("/setup/setupdbchoice.action", Access.SETUP, this::databaseChoice)
                .post("/setup/setupdbtype.action", Access.SETUP, this::database)
                .post("/setup/setupdata.action", Access.SETUP, this::data)
                .post("/setup/setupusermanagementchoice.action", Access.SETUP, this::userManagement)
                .post("/setup/setupadministrator.action", Access.SETUP, this::administrator)
                .get(SetupStep.COMPLETE.path(), Access.ANYONE, this::finished);
        for (SetupStep step : SetupStep.values()) {
            if (step != SetupStep.COMPLETE) {
                routes.get(step.path(), Access.SETUP, exchange -> show(exchange, step));
            }
        }
    }

    /** Skips the steps that the variables already answer. */
    public void begin() {
        if (config.step() == SetupStep.LICENSE && !variables.license().isEmpty()) {
            advance(SetupStep.LICENSE, Map.of("atlassian.license.message", variables.license()));
        }
    }

    private void toCurrent(Exchange exchange) {
        exchange.redirect(config.step().path());
    }

    private void show(Exchange exchange, SetupStep step) throws IOException {
        if (step != config.step()) {
            toCurrent(exchange);
            return;
        }
        form(exchange, Map.of());
    }

    private void form(Exchange exchange, Map<String, String> errors) throws IOException {
        Map<String, Object> model = new HashMap<>();
        model.put("step", config.step().name());
        model.put("number", config.step().ordinal() + 1);
        model.put("total", SetupStep.COMPLETE.ordinal());
        model.put("errors", errors);
        model.put("serverId", config.serverId());
        Map<String, String> typed = new HashMap<>();
        for (String name : new String[] {"username", "fullName", "email", "dbConfigInfo.databaseUrl",
            "dbConfigInfo.userName", "dbConfigInfo.hostname", "dbConfigInfo.port", "dbConfigInfo.databaseName"}) {
            typed.put(name, exchange.param(name));
        }
        model.put("typed", typed);
        exchange.page("setup", model);
    }

    private void license(Exchange exchange) throws IOException {
        String key = exchange.param("confLicenseString").replaceAll("\\s", "");
        if (isCurrent(exchange, SetupStep.LICENSE)) {
            if (LICENSE.matcher(key).matches()) {
                next(exchange, Map.of("atlassian.license.message", key));
            } else {
                form(exchange, Map.of("confLicenseString", "Your license key is not valid."));
            }
        }
    }

    /** {@code isClusteringEnabled=false} was seen to get a 500. */
    private void cluster(Exchange exchange) throws IOException {
        if (isCurrent(exchange, SetupStep.CLUSTER)) {
            if (exchange.param("isClusteringEnabled").equals("false")) {
                throw new HttpProblem(500, "System Error");
            }
            if (exchange.param("newCluster").equals("skipCluster")) {
                next(exchange, Map.of());
            } else {
                form(exchange, Map.of("newCluster", "Choose a non-clustered deployment."));
            }
        }
    }

    private void databaseChoice(Exchange exchange) throws IOException {
        if (isCurrent(exchange, SetupStep.DATABASE_CHOICE)) {
            switch (exchange.param("dbChoice")) {
                case "embedded" -> {
                    advance(SetupStep.DATABASE, Map.of("confluence.database.choice", "h2"));
                    toCurrent(exchange);
                }
                case "custom", "standardDb" -> next(exchange, Map.of());
                default -> form(exchange, Map.of("dbChoice", "Choose a database."));
            }
        }
    }

    private void database(Exchange exchange) throws IOException {
        if (isCurrent(exchange, SetupStep.DATABASE)) {
            String url = exchange.param("dbConfigInfo.databaseUrl");
            boolean byParts = url.isBlank() || exchange.param("dbConfigInfo.simple").equals("true");
            if (byParts && !exchange.param("dbConfigInfo.hostname").isBlank()) {
                url = "jdbc:postgresql://" + exchange.param("dbConfigInfo.hostname") + ":"
                        + exchange.param("dbConfigInfo.port") + "/" + exchange.param("dbConfigInfo.databaseName");
            }
            if (!url.startsWith("jdbc:") || exchange.param("dbConfigInfo.userName").isBlank()) {
                form(exchange, Map.of("dbConfigInfo.databaseUrl",
                        "Give the database's JDBC URL (jdbc:...) and its user."));
                return;
            }
            next(exchange, SetupVariables.properties(exchange.param("dbConfigInfo.databaseType"), url,
                    exchange.param("dbConfigInfo.userName"), exchange.param("dbConfigInfo.password")));
        }
    }

    /** The button's caption is not asked for: scripts submit the form without it, and in other languages. */
    private void data(Exchange exchange) throws IOException {
        if (isCurrent(exchange, SetupStep.DATA)) {
            if (exchange.param("contentChoice").equals("blank")) {
                next(exchange, Map.of());
            } else {
                form(exchange, Map.of());
            }
        }
    }

    private void userManagement(Exchange exchange) throws IOException {
        if (isCurrent(exchange, SetupStep.USER_MANAGEMENT)) {
            if (exchange.param("userManagementChoice").equals("internal")) {
                next(exchange, Map.of());
            } else {
                form(exchange, Map.of());
            }
        }
    }

    private void administrator(Exchange exchange) throws IOException {
        if (isCurrent(exchange, SetupStep.ADMINISTRATOR)) {
            Map<String, String> errors = NewAccount.errors(exchange);
            if (!errors.isEmpty()) {
                form(exchange, errors);
                return;
            }
            users.create(exchange.param("username"), exchange.param("fullName"), exchange.param("email"),
                    exchange.param("password"));
            config.complete();
            lifecycle.moveTo(ApplicationState.RUNNING);
            Authenticator.logIn(exchange.request(), exchange.param("username"));
            toCurrent(exchange);
        }
    }

    private void finished(Exchange exchange) throws IOException {
        if (!config.isComplete()) {
            toCurrent(exchange);
            return;
        }
        exchange.page("setup-finished", Map.of());
    }

    /** Redirects the post of a form that was left open to the current step. */
    private boolean isCurrent(Exchange exchange, SetupStep step) {
        if (config.step() == step) {
            return true;
        }
        toCurrent(exchange);
        return false;
    }

    private void next(Exchange exchange, Map<String, String> input) {
        advance(config.step(), input);
        toCurrent(exchange);
    }

    private void advance(SetupStep done, Map<String, String> input) {
        SetupStep next = done.next();
        Map<String, String> all = new HashMap<>(input);
        if (next == SetupStep.DATABASE_CHOICE && !variables.database().isEmpty()) {
            all.putAll(variables.database());
            next = SetupStep.DATA;
        }
        config.advance(next, all);
    }
}
