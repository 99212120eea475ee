"""The history of the tables; see `engine.store.schema`."""
