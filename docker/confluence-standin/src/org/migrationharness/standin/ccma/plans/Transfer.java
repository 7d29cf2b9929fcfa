package org.migrationharness.standin.ccma.plans;

/**
 * The platform's unit of one listener's migration, as this server remembers it.
 *
 * @param transferId the platform's id
 * @param containerId the container that it was registered under
 * @param serverAppKey the server app whose data it moves
 * @param originalTransferId in a re-run the transfer of the first try, else null
 */
public record Transfer(String transferId, String containerId, String serverAppKey, String originalTransferId) {
    public boolean isRerun() {
        return originalTransferId != null;
    }

    /** The transfer of the first try, which may be this one. */
    public String firstTransferId() {
        return isRerun() ? originalTransferId : transferId;
    }
}
