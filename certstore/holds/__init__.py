"""What keeps a certificate from being used for a while: holds, each placed and lifted by itself."""
