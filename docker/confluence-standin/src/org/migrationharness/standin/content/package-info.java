/** What a Confluence holds: spaces and their pages, as its REST makes, finds and changes them. */
package org.migrationharness.standin.content;
