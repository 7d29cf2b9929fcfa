"""Words that the harness, the cloud and the cloud app share over HTTP."""
