package org.migrationharness.standin.status;

/** The version that the stand-in reports: a release whose build number is known from a public sample. */
public final class Product {
    public static final String VERSION = "8.6.0";
    public static final int BUILD_NUMBER = 9101;

    private Product() {
    }
}
