/** Java class files: read for what they refer to, and written for types that nobody brings. */
package org.migrationharness.standin.classfile;
