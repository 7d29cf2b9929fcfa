package org.migrationharness.standin.container;

import java.util.List;

/**
 * A bean that is exported as an OSGi service.
 *
 * @param bean the bean's name
 * @param interfaces the interfaces that it is exported under; empty for all that its class implements
 * @param origin the file that says so
 */
record ServiceDefinition(String bean, List<String> interfaces, String origin) {
}
