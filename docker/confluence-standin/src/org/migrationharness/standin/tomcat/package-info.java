/** The web server: Tomcat, and the servlet that takes every request to its handler. */
package org.migrationharness.standin.tomcat;
