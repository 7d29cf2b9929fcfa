"""What is measured, each figure beside a peer or a limit from the same run."""
