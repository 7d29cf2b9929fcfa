package org.migrationharness.standin.darkfeatures;

import java.util.Collection;
import java.util.SortedSet;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;

/** A level that can be changed at run time, with the page and the REST resource that change it. */
public enum DarkFeatureLevel {
    SITE("/admin/darkfeatures", "/rest/feature/1/site", Access.SECURE_ADMIN, Access.ADMIN) {
        @Override
        SortedSet<String> keys(DarkFeatures features, Exchange exchange) {
            return features.site();
        }

        @Override
        boolean isOn(DarkFeatures features, Exchange exchange, String key) {
            return features.isOnGlobally(key);
        }

        @Override
        void change(DarkFeatures features, Exchange exchange, Collection<String> keys, boolean on) {
            features.changeSite(keys, on);
        }
    },
    USER("/users/darkfeatures", "/rest/feature/1/user", Access.USER, Access.USER) {
        @Override
        SortedSet<String> keys(DarkFeatures features, Exchange exchange) {
            return features.user(exchange.identity().name());
        }

        @Override
        boolean isOn(DarkFeatures features, Exchange exchange, String key) {
            return features.isOnFor(exchange.identity().name(), key);
        }

        @Override
        void change(DarkFeatures features, Exchange exchange, Collection<String> keys, boolean on) {
            features.changeUser(exchange.identity().name(), keys, on);
        }
    };

    private final String page;
    private final String rest;
    private final Access pageAccess;
    private final Access restAccess;

    DarkFeatureLevel(String page, String rest, Access pageAccess, Access restAccess) {
        this.page = page;
        this.rest = rest;
        this.pageAccess = pageAccess;
        this.restAccess = restAccess;
    }

    String page() {
        return page + ".action";
    }

    String removal() {
        return page + "!remove.action";
    }

    String rest() {
        return rest;
    }

    Access pageAccess() {
        return pageAccess;
    }

    Access restAccess() {
        return restAccess;
    }

    abstract SortedSet<String> keys(DarkFeatures features, Exchange exchange);

    abstract boolean isOn(DarkFeatures features, Exchange exchange, String key);

    abstract void change(DarkFeatures features, Exchange exchange, Collection<String> keys, boolean on);
}
