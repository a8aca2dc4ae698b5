"""How identities are sealed, how the vault's key is kept in two halves, and who may have a seal opened."""
