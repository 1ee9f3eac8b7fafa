"""How people sign in: with a passkey, or with the code of an app (decision 0037)."""
