/** Dark features: their levels, pages and REST resources. */
package org.migrationharness.standin.darkfeatures;
