package org.migrationharness.standin.ccma.pages;

/**
 * How the assistant's pages are drawn. That the real assistant draws them by script is inferred: public
 * drivers of it wait for the network to be idle.
 *
 * @param scripted whether a script draws them over REST, or the server does
 * @param delayMillis wall milliseconds for which a scripted page shows only that it is loading
 */
public record PageSettings(boolean scripted, int delayMillis) {
}
