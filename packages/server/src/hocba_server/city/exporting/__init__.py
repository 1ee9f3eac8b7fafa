"""Every original with its evidence as plain files outside the database, with a manifest."""
