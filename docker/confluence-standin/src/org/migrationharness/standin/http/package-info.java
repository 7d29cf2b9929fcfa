/** Requests and answers, as the handlers of all pages and resources see them. */
package org.migrationharness.standin.http;
