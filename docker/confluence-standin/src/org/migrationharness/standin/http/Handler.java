package org.migrationharness.standin.http;

/** Answers one kind of request. */
@FunctionalInterface
public interface Handler {
    void handle(Exchange exchange) throws Exception;
}
