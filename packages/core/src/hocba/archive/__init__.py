"""Archive time-stamps: that a record existed stays provable when signatures and algorithms age."""
