package org.migrationharness.standin.security;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.migrationharness.standin.http.Exchange;

/** The fields of a form that makes an account: the set-up wizard's, and the administration's. */
public final class NewAccount {
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");

    private NewAccount() {
    }

    /** What is wrong with the form, by the field's name; empty when it can be taken. */
    public static Map<String, String> errors(Exchange exchange) {
        Map<String, String> errors = new HashMap<>();
        if (!exchange.param("username").matches("[a-z0-9._@-]{1,255}")) {
            errors.put("username", "Use lower-case letters, digits, dots, hyphens and underscores.");
        }
        if (exchange.param("fullName").isBlank()) {
            errors.put("fullName", "Give a full name.");
        }
        if (!EMAIL.matcher(exchange.param("email")).matches()) {
            errors.put("email", "Give an email address.");
        }
        if (exchange.param("password").isEmpty()) {
            errors.put("password", "Give a password.");
        } else if (!exchange.param("password").equals(exchange.param("confirm"))) {
            errors.put("confirm", "The passwords do not match.");
        }
        return errors;
    }
}
