"""Every paper of the school that is signed: one way to sign it with each kind of key."""
