"""What a server said to a cloud and was told, kept as text, and played again without the cloud."""
