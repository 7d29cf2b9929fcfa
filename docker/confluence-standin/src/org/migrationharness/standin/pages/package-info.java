/** Pages of Confluence itself that public page objects go by: the dashboard and the administration. */
package org.migrationharness.standin.pages;
