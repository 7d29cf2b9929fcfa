package org.migrationharness.standin.status;

/** The Confluence that the stand-in says it is: the release whose build number a public sample shows. */
final class Product {
    static final String VERSION = "8.6.0";
    static final int BUILD_NUMBER = 9101;

    private Product() {
    }
}
