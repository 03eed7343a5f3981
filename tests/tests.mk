# Tests that belong to no single room; unit tests stand in each room.mk.
