package org.migrationharness.standin.ccma.platform;

import java.util.List;

/**
 * What the cloud is asked to create a transfer for.
 *
 * @param containerId the container that the transfer is registered under
 * @param serverAppKey the listener's server key
 * @param cloudAppKey the listener's cloud key
 * @param dataAccessScopes the data that the listener asks to access
 * @param originalTransferId in a re-run the transfer of the first try, else null
 */
public record TransferRequest(
        String containerId,
        String serverAppKey,
        String cloudAppKey,
        List<String> dataAccessScopes,
        String originalTransferId) {
}
