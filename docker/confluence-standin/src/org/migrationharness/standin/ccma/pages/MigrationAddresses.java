package org.migrationharness.standin.ccma.pages;

/** The addresses of the assistant's pages, where one page leads to another. */
final class MigrationAddresses {
    static final String HOME = "/plugins/servlet/ial/migration/home";
    static final String CONNECT = "/plugins/servlet/ial/migration/connect";
    static final String CREATE = "/plugins/servlet/ial/migration/create";
    static final String PLAN = "/plugins/servlet/ial/migration/plan";

    private MigrationAddresses() {
    }

    static String plan(String planId) {
        return PLAN + "?planId=" + planId;
    }
}
